// @ts-check
// Mine against the algorithm: sends the choice on the board, and keeps the visitor's score and nickname in view.
const { contract, kept, hear, requests, still } = window.ttsvar;
const panel = () => element.querySelector(".duel");
let order = "";
const cards = () => [...document.querySelectorAll("#stage .card")];

// Kept by the browser alone; `crypto.randomUUID` is missing on a room's network, where the page is not served over TLS.
function visitor() {
  const known = kept.get(contract.storage.visitor, "");
  if (/^[0-9a-f]{32}$/.test(known)) return known;
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  kept.set(contract.storage.visitor, id);
  return kept.get(contract.storage.visitor, "");
}

function offer() {
  const button = element.querySelector("[data-board]");
  if (!button) return;
  const all = cards();
  const any = all.some((c) => Number(c.dataset.count) > 0);
  const differs = all.some((c) => c.dataset.count !== c.dataset.proposed);
  button.disabled = !(any && differs);
  const why = element.querySelector(".why");
  why.textContent = differs ? (any ? "" : "Keep at least one candidate.") : "First choose otherwise than proposed, on the board above.";
}

// The board says itself at which state it stands: this panel is drawn after it, and may still show the one before.
function onBoard() {
  const { run, at } = window.ttsvar.stage().dataset;
  return { run, at, counts: cards().map((c) => Number(c.dataset.count)) };
}

function compare(button) {
  const { at, counts, board } = button.dataset;
  const choice = board ? onBoard() : { run: panel().dataset.run, at, counts: counts.split(",").map(Number) };
  button.disabled = true;
  order = requests.send(trigger, "compare", { ...choice, visitor: visitor() }, () => { button.disabled = false; });
}

async function score() {
  const box = element.querySelector(".mine");
  if (!box) return;
  const found = await server.score(visitor());
  if (!box.isConnected || !found.text) return;
  box.hidden = false;
  box.querySelector(".score").textContent = found.text;
  const field = box.querySelector("input");
  if (document.activeElement !== field) field.value = found.nickname;
}

let renamed = 0;
async function rename(field) {
  const sent = field.value;
  const turn = ++renamed;
  const answer = await server.nickname({ visitor: visitor(), name: sent });
  if (turn !== renamed) return; // an answer that comes late says nothing of the name that stands there now
  const box = element.querySelector(".mine");
  box.querySelector(".err").textContent = answer.error || "";
  if (!answer.error && field.value === sent) field.value = answer.nickname;
}

window.ttsvar.verbs(element, {
  compare,
  stop: (b) => { b.disabled = true; server.stop({ run: panel().dataset.run, order }); },
  repeat: (b) => {
    b.disabled = true;
    requests.send(trigger, "repeat", { run: panel().dataset.run, at: b.dataset.go }, () => { b.disabled = false; });
  },
  open: (b) => trigger("rewind", { run: panel().dataset.run, at: b.dataset.go }),
});
element.addEventListener("change", (event) => { if (event.target.closest(".nick")) rename(event.target); });
element.addEventListener("keydown", (event) => {
  if (!event.target.closest(".nick")) return;
  event.stopPropagation();
  if (event.key === "Enter") event.target.blur();
});
hear("choice", offer);
hear("duel", () => {
  const button = element.querySelector("[data-board]:enabled");
  if (!button) return;
  panel().scrollIntoView({ block: "center", behavior: still() ? "auto" : "smooth" });
  compare(button);
});
watch("value", () => { offer(); score(); });
