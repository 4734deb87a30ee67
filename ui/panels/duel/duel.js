// Mine against the algorithm: sends the choice on the board, and keeps the visitor's score and nickname in view.
const panel = () => element.querySelector(".duel");
const cards = () => [...document.querySelectorAll("#stage .card")];

// Kept by the browser alone; `crypto.randomUUID` is missing on a room's network, where the page is not served over TLS.
function visitor() {
  try {
    let id = localStorage.getItem("ttsvar-visitor");
    if (!/^[0-9a-f]{32}$/.test(id || "")) {
      id = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
      localStorage.setItem("ttsvar-visitor", id);
    }
    return id;
  } catch { return ""; }
}

function offer() {
  const button = element.querySelector('[data-board]');
  if (!button) return;
  const all = cards();
  const kept = all.some((c) => Number(c.dataset.count) > 0);
  const differs = all.some((c) => c.dataset.count !== c.dataset.proposed);
  button.disabled = !(kept && differs);
  const why = element.querySelector(".why");
  why.textContent = differs ? (kept ? "" : "Keep at least one candidate.") : "First choose otherwise than proposed, on the board above.";
}

// The board says itself at which state it stands: this panel is drawn after it, and may still show the one before.
function onBoard() {
  const { run, at } = document.querySelector("#stage .stage").dataset;
  return { run, at, counts: cards().map((c) => Number(c.dataset.count)) };
}

function compare(button) {
  const { at, counts, board } = button.dataset;
  const choice = board ? onBoard() : { run: panel().dataset.run, at, counts: counts.split(",").map(Number) };
  button.disabled = true;
  trigger("compare", { ...choice, visitor: visitor() });
}

async function score() {
  const box = element.querySelector(".mine");
  if (!box) return;
  const kept = await server.score(visitor());
  if (!box.isConnected || !kept.text) return;
  box.hidden = false;
  box.querySelector(".score").textContent = kept.text;
  const field = box.querySelector("input");
  if (document.activeElement !== field) field.value = kept.nickname;
}

async function rename(field) {
  const sent = field.value;
  const answer = await server.nickname({ visitor: visitor(), name: sent });
  const box = element.querySelector(".mine");
  box.querySelector(".err").textContent = answer.error || "";
  if (!answer.error && field.value === sent) field.value = answer.nickname;
}

const verbs = {
  compare,
  stop: (b) => { b.disabled = true; server.stop(panel().dataset.run); },
  open: (b) => trigger("rewind", { run: panel().dataset.run, at: b.dataset.go }),
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) verbs[button.dataset.do]?.(button);
});
element.addEventListener("change", (event) => { if (event.target.closest(".nick")) rename(event.target); });
element.addEventListener("keydown", (event) => {
  if (!event.target.closest(".nick")) return;
  event.stopPropagation();
  if (event.key === "Enter") event.target.blur();
});
document.addEventListener("ttsvar:choice", offer);
document.addEventListener("ttsvar:duel", () => {
  const button = element.querySelector("[data-board]:enabled");
  if (!button) return;
  panel().scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  compare(button);
});
watch("value", () => { offer(); score(); });
