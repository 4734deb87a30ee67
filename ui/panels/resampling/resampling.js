// @ts-check
// The panel of chances: recomputes them for any lambda and potential, and draws anew.
const { chances, text, tell } = window.ttsvar;
const box = () => element.querySelector(".draw");
/** What the server told of the scale: { lam, kind, keep, cards }. @type {any} */
let facts = null;
let lam = 0;
let kind = "value";
/** @type {number[] | null} */
let draws = null;

const asRun = () => lam === facts.lam && kind === facts.kind;

function paint() {
  const rows = [...element.querySelectorAll(".bars > [data-name]")];
  const own = chances.chances(facts.cards, kind, lam);
  for (const name of Object.keys(chances.POTENTIAL)) paintColumn(rows, name);
  element.querySelectorAll("button[data-kind]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.kind === kind)));
  paintDraws(rows, draws ?? (asRun() ? facts.cards.map((c) => c.drawn) : []));
  element.querySelector(".effective").textContent = chances.effective(own).toFixed(1);
  element.querySelector("b.lam").textContent = lam.toFixed(1).replace(/\.0$/, "");
  element.querySelector(".most").textContent = text.percent(Math.max(...own));
  element.querySelector(".kind").textContent = `${kind}: ${element.querySelector(`button[data-kind="${kind}"]`).title}.`;
  element.querySelector('[data-do="take"]').disabled = !draws;
  const slider = element.querySelector('[data-do="lambda"]');
  const thumb = element.querySelector(".thumb");
  thumb.textContent = String(Math.round(10 * lam) / 10);
  thumb.style.setProperty("--at", String(lam / Number(slider.max)));
  // The cards and their warnings go by the same chances.
  tell("chances", Object.fromEntries(facts.cards.map((c, i) => [c.name, own[i]])));
  element.querySelector('[data-do="back"]').disabled = asRun() && !draws;
}

function paintColumn(rows, name) {
  const p = chances.chances(facts.cards, name, lam);
  const high = Math.max(...p);
  rows.forEach((row, i) => {
    const cell = row.querySelector(`[data-kind="${name}"]`);
    cell.classList.toggle("on", name === kind);
    cell.querySelector(".track span").style.width = `${(100 * p[i]) / high}%`;
    cell.querySelector("em").textContent = text.percent(p[i]);
  });
}

function paintDraws(rows, shown) {
  rows.forEach((row, i) => {
    const cell = row.querySelector(".draws");
    cell.replaceChildren(...Array.from({ length: shown[i] || 0 }, () => document.createElement("i")));
    if (shown[i]) cell.setAttribute("aria-label", `picked ${shown[i]} time${shown[i] > 1 ? "s" : ""}`);
    else cell.removeAttribute("aria-label");
  });
}

element.addEventListener("input", (event) => {
  if (event.target.dataset.do !== "lambda") return;
  lam = Number(event.target.value);
  draws = null;
  paint();
});

element.addEventListener("click", (event) => {
  const chosen = event.target.closest("button[data-kind]");
  if (!chosen || !facts) return;
  kind = chosen.dataset.kind;
  draws = null;
  paint();
});

function redraw() {
  draws = chances.draw(chances.chances(facts.cards, kind, lam), facts.keep);
  paint();
}
const take = () => tell("take", Object.fromEntries(facts.cards.map((c, i) => [c.name, draws?.[i] ?? 0])));

window.ttsvar.verbs(element, {
  redraw,
  take,
  onward: () => {
    // Whoever was drawn already, with this lambda, is who goes on.
    if (!draws && asRun()) draws = facts.cards.map((c) => c.drawn);
    else if (!draws) redraw();
    take();
    tell("proceed");
  },
  back: () => read(),
});

function read() {
  const sent = box()?.dataset.cards;
  if (!sent) { facts = null; return; }
  facts = JSON.parse(sent);
  ({ lam, kind } = facts);
  draws = null;
  element.querySelector('[data-do="lambda"]').value = String(lam);
  paint();
}
watch("value", read);
read();
