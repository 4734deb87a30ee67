// @ts-check
// Redrawing: marks cells by mouse, touch or keys (a drag marks a box), and sends what stays and from which scale.
const { cells, requests } = window.ttsvar;
const box = () => element.querySelector(".redraw");
const side = () => Number(box().dataset.side);
/** @type {boolean[]} */
let marked = [];
/** A drag: the cell it began at, what it sets, and the marks before it. @type {{ from: number, value: boolean, before: boolean[] } | null} */
let drag = null;

const chosen = () => element.querySelector('.whose [aria-checked="true"]');

function paint() {
  element.querySelectorAll("[data-cell]").forEach((cell, i) => cell.setAttribute("aria-pressed", String(marked[i])));
  const some = marked.some(Boolean);
  for (const verb of ["marked", "rest", "clear"]) element.querySelector(`[data-do="${verb}"]`).disabled = !some;
}

function choose(button) {
  element.querySelectorAll(".whose button").forEach((b) => {
    b.setAttribute("aria-checked", String(b === button));
    b.tabIndex = b === button ? 0 : -1;
  });
  const large = element.querySelector(".large > img");
  large.src = button.querySelector("img").src;
  large.alt = `Candidate ${button.dataset.name}`;
}

function send(way, own) {
  const { run, at } = box().dataset;
  const buttons = [...element.querySelectorAll("button:not(:disabled)")];
  const disable = (off) => buttons.forEach((b) => { b.disabled = off; });
  disable(true);
  requests.send(trigger, "back", {
    run, at, way,
    row: Number(chosen().dataset.row),
    first: Number(element.querySelector("[data-from]").value),
    copies: Number(element.querySelector("[data-copies]").value),
    ...own,
  }, () => disable(false));
}

function focusCell(cell) {
  element.querySelectorAll("[data-cell]").forEach((b, i) => { b.tabIndex = i === cell ? 0 : -1; });
  element.querySelector(`[data-cell="${cell}"]`).focus();
}

const under = (event) => {
  const found = document.elementFromPoint(event.clientX, event.clientY);
  const cell = found && element.contains(found) ? found.closest("[data-cell]") : null;
  return cell ? Number(cell.dataset.cell) : -1;
};

element.addEventListener("pointerdown", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell) return;
  const from = Number(cell.dataset.cell);
  drag = { from, value: !marked[from], before: marked };
  marked = cells.boxed(marked, from, from, drag.value, side());
  paint();
});
element.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const to = under(event);
  if (to < 0) return;
  marked = cells.boxed(drag.before, drag.from, to, drag.value, side());
  paint();
});
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { drag = null; });

element.addEventListener("click", (event) => {
  const button = event.target.closest(".whose button");
  if (button) choose(button);
  const cell = event.target.closest("[data-cell]");
  // A press of Space or Enter; a click of a pointer was handled when it went down.
  if (!cell || event.detail) return;
  const at = Number(cell.dataset.cell);
  marked = cells.boxed(marked, at, at, !marked[at], side());
  paint();
});
element.addEventListener("keydown", (event) => {
  if (!event.key.startsWith("Arrow")) return;
  const cell = event.target.closest("[data-cell]");
  const face = event.target.closest(".whose button");
  if (!cell && !face) return;
  event.preventDefault();
  event.stopPropagation();
  if (cell) { focusCell(cells.moved(Number(cell.dataset.cell), event.key, side())); return; }
  const faces = [...element.querySelectorAll(".whose button")];
  const step = event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 1;
  const next = faces[(faces.indexOf(face) + step + faces.length) % faces.length];
  choose(next);
  next.focus();
});

window.ttsvar.verbs(element, {
  marked: () => send("part", { keep: cells.kept(marked, false) }),
  rest: () => send("part", { keep: cells.kept(marked, true) }),
  clear: () => { marked = marked.map(() => false); paint(); },
  one: () => send("again", {}),
  all: () => send("again", { row: -1 }),
  cross: () => send("cross", { other: Number(element.querySelector("[data-fine]").value) }),
});

// A new view is folded; whoever had it open goes on with it open.
let unfolded = false;
/** @returns {any} its fold, a details element */
const fold = () => element.querySelector(".again");
element.addEventListener("toggle", () => { unfolded = fold().open; }, true);

function read() {
  if (!box()) return;
  fold().open = unfolded;
  marked = Array.from({ length: side() ** 2 }, () => false);
  paint();
}
watch("value", read);
read();
