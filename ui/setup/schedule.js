// @ts-check
// The schedule's cells: a number each, and what is decided there. Their value is text such as "8 8 6:cluster 6".
const { plan } = window.ttsvar;
const cells = () => [...element.querySelectorAll(".cell")];

function tell() {
  props.value = plan.format(cells().map((c) => ({ size: c.querySelector("input").value, mark: c.dataset.mark })));
  trigger("edit", {});
}

function mark(cell, kind) {
  cell.dataset.mark = kind;
  tell();
}

function focus(k, what) {
  const field = cells()[k]?.querySelector(what);
  field?.focus();
  if (what === "input") field?.select();
}

element.addEventListener("click", (event) => {
  const cell = event.target.closest(".cell");
  if (!cell || !event.target.closest("button")) return;
  mark(cell, plan.turned(cell.dataset.mark));
});

element.addEventListener("change", (event) => {
  event.stopPropagation();
  tell();
});

element.addEventListener("keydown", (event) => {
  const cell = event.target.closest(".cell");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const input = cell.querySelector("input");
  const inside = event.target === input;
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const erase = inside ? null : "";
  const kind = { c: "cluster", r: "resample", Backspace: erase, Delete: erase }[event.key.length > 1 ? event.key : event.key.toLowerCase()];
  if (step && inside) { input.value = String(Math.max(1, (Number.parseInt(input.value, 10) || 0) + step)); tell(); }
  else if (turn) focus(Number(cell.dataset.k) + turn, inside ? "input" : "button");
  else if (typeof kind === "string") mark(cell, cell.dataset.mark === kind ? "" : kind);
  else return;
  event.preventDefault();
});

// The morph of the page leaves what was typed in a field, so a value from the server is written into it.
function refill() {
  plan.parse(props.value).forEach(({ size }, k) => {
    const input = cells()[k]?.querySelector("input");
    if (input && document.activeElement !== input) input.value = size;
  });
}
watch("value", refill);
watch("wrong", () => {
  const drawer = document.querySelector("#advanced > button");
  if (Number(props.wrong) >= 0 && drawer && !drawer.classList.contains("open")) drawer.click();
});
