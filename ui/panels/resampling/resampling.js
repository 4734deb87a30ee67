// Chances from the rewards that were taken: potentials and softmax as in ttsvar/search/potentials.py, in the browser.
const box = () => element.querySelector(".draw");
let facts = null;
let lam = 0;
let kind = "value";
let draws = null;

const POTENTIAL = {
  value: (past, now) => now,
  max: (past, now) => Math.max(now, ...past.filter((v) => v !== null)),
  sum: (past, now) => past.reduce((a, v) => a + (v ?? 0), now),
  diff: (past, now) => now - (past.findLast((v) => v !== null) ?? 0),
};

function chances(name) {
  const logits = facts.cards.map(({ past, now, carried }) => (now === null ? -Infinity : lam * POTENTIAL[name](past, now) + carried));
  const top = Math.max(...logits);
  const weights = logits.map((l) => (Number.isFinite(top) ? Math.exp(l - top) : 1));
  const all = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / all);
}

const percent = (p) => `${(100 * p).toFixed(p >= 0.0005 && p < 0.1 ? 1 : 0)}%`;
const asRun = () => lam === facts.lam && kind === facts.kind;

function paint() {
  const rows = [...element.querySelectorAll(".bars > [data-name]")];
  let own = [];
  for (const name of Object.keys(POTENTIAL)) {
    const p = chances(name);
    if (name === kind) own = p;
    const high = Math.max(...p);
    rows.forEach((row, i) => {
      const cell = row.querySelector(`[data-kind="${name}"]`);
      cell.classList.toggle("on", name === kind);
      cell.querySelector(".track span").style.width = `${(100 * p[i]) / high}%`;
      cell.querySelector("em").textContent = percent(p[i]);
    });
  }
  element.querySelectorAll("button[data-kind]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.kind === kind)));
  const shown = draws ?? (asRun() ? facts.cards.map((c) => c.drawn) : []);
  rows.forEach((row, i) => {
    const cell = row.querySelector(".draws");
    cell.replaceChildren(...Array.from({ length: shown[i] || 0 }, () => document.createElement("i")));
    if (shown[i]) cell.setAttribute("aria-label", `drawn ${shown[i]} time${shown[i] > 1 ? "s" : ""}`);
    else cell.removeAttribute("aria-label");
  });
  element.querySelector(".effective").textContent = (1 / own.reduce((a, p) => a + p * p, 0)).toFixed(1);
  element.querySelector("b.lam").textContent = lam.toFixed(1).replace(/\.0$/, "");
  element.querySelector(".most").textContent = percent(Math.max(...own));
  element.querySelector(".kind").textContent = `${kind}: ${element.querySelector(`button[data-kind="${kind}"]`).title}.`;
  element.querySelector('[data-do="take"]').disabled = !draws;
  element.querySelector('[data-do="back"]').disabled = asRun() && !draws;
}

function redraw() {
  const p = chances(kind);
  draws = p.map(() => 0);
  for (let n = 0; n < facts.keep; n += 1) {
    let left = Math.random();
    let i = p.findIndex((share) => (left -= share) < 0);
    if (i < 0) i = p.findLastIndex((share) => share > 0);
    draws[i] += 1;
  }
}

function take() {
  const counts = Object.fromEntries(facts.cards.map((c, i) => [c.name, draws[i]]));
  document.dispatchEvent(new CustomEvent("ttsvar:take", { detail: counts }));
}

element.addEventListener("input", (event) => {
  if (event.target.dataset.do !== "lambda") return;
  lam = Number(event.target.value);
  draws = null;
  paint();
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !facts) return;
  if (button.dataset.kind) { kind = button.dataset.kind; draws = null; }
  if (button.dataset.do === "redraw") redraw();
  if (button.dataset.do === "take") return take();
  if (button.dataset.do === "back") read(true);
  paint();
});

function read(anew) {
  const text = box()?.dataset.cards;
  if (!text) { facts = null; return; }
  const next = JSON.parse(text);
  if (!anew && facts && JSON.stringify(facts) === JSON.stringify(next)) return;
  facts = next;
  ({ lam, kind } = facts);
  draws = null;
  element.querySelector('[data-do="lambda"]').value = String(lam);
  paint();
}
watch("value", () => read(true));
read(true);
