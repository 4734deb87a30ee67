// @ts-check
// The plan lab: handles and numbers make a plan, and the server predicts what comes of it. It stays as it is left.
const { contract, kept, lab } = window.ttsvar;
const box = () => element.querySelector(".lab");
let unfolded = false;
// In a run the candidates need the room: the bars are folded away until somebody asks for them, which is remembered.
let whole = kept.get(contract.storage.trust, "") === "open";
/** @type {any} */
let plan = null;
let asked = 0;
/** @type {any} */
let waiting = null;

const scales = () => Number(box().querySelector(".rows").dataset.scales);
const paper = () => lab.parse(box().querySelector(".rows").dataset.paper);

function paint() {
  const inside = box();
  const shown = lab.possible(plan);
  inside.querySelector(".start").value = String(plan.start);
  inside.querySelectorAll(".row").forEach((row, i) => {
    row.querySelector(".at").value = String(shown.steps[i].scale);
    row.querySelector(".where").textContent = String(shown.steps[i].scale);
    row.querySelector(".keep").value = String(shown.steps[i].keep);
  });
  const alive = lab.batch(shown, scales());
  inside.querySelector(".alive").replaceChildren(...alive.map((count) => {
    const cell = document.createElement("span");
    cell.textContent = String(count);
    return cell;
  }));
}

async function predict() {
  const mine = (asked += 1);
  const told = await server.predict(lab.possible(plan));
  if (mine !== asked || !box()) return;
  const inside = box();
  inside.querySelector(".err").textContent = told.error || "";
  inside.querySelector(".own").textContent = told.own || "";
  inside.querySelector(".paper").textContent = told.paper || "";
  inside.querySelector(".against").textContent = told.against || "";
}

function change(next) {
  plan = next;
  paint();
  clearTimeout(waiting);
  waiting = setTimeout(predict, 120);
}

element.addEventListener("input", (event) => {
  const { classList, value } = event.target;
  if (!box()?.contains(event.target)) return;
  const row = [...element.querySelectorAll(".row")].findIndex((one) => one.contains(event.target));
  if (classList.contains("at")) change(lab.moved(plan, row, Number(value)));
  else if (!(Number(value) >= 1)) return;
  else if (classList.contains("start")) change({ ...plan, start: Number(value) });
  else change({ ...plan, steps: plan.steps.map((s, i) => (i === row ? { ...s, keep: Number(value) } : s)) });
});

function showRecord() {
  const button = element.querySelector(".unfold");
  if (!button) return;
  element.querySelector(".trust").classList.toggle("folded", !whole);
  button.setAttribute("aria-expanded", String(whole));
}

window.ttsvar.verbs(element, {
  paper: () => change(paper()),
  unfold: () => {
    whole = !whole;
    kept.set(contract.storage.trust, whole ? "open" : "folded");
    showRecord();
  },
});

function read() {
  showRecord();
  const inside = box();
  if (!inside) return;
  plan = plan || paper();
  inside.toggleAttribute("open", unfolded);
  inside.addEventListener("toggle", () => {
    unfolded = inside.hasAttribute("open");
    if (unfolded) change(plan);
  });
  if (unfolded) change(plan);
}
watch("value", read);
read();
