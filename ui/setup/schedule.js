// The schedule's cells: a number each, and what is decided there. Their value is text such as "8 8 6:cluster 6".
const KINDS = ["", "cluster", "resample"];
const cells = () => [...element.querySelectorAll(".cell")];
const clean = (text) => text.replace(/[^0-9A-Za-z.-]/g, "") || "?";

function tell() {
  props.value = cells().map((c) => clean(c.querySelector("input").value) + (c.dataset.mark ? `:${c.dataset.mark}` : "")).join(" ");
  trigger("edit", {});
}

function mark(cell, kind) {
  cell.dataset.mark = kind;
  tell();
}

function focus(k, what) {
  const cell = cells()[k];
  if (cell) { cell.querySelector(what).focus(); if (what === "input") cell.querySelector(what).select(); }
}

element.addEventListener("click", (event) => {
  const cell = event.target.closest(".cell");
  if (!cell || !event.target.closest("button")) return;
  mark(cell, KINDS[(KINDS.indexOf(cell.dataset.mark) + 1) % KINDS.length]);
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
  const kind = { c: "cluster", r: "resample", Backspace: inside ? null : "", Delete: inside ? null : "" }[event.key.length > 1 ? event.key : event.key.toLowerCase()];
  if (step && inside) { input.value = String(Math.max(1, (Number.parseInt(input.value, 10) || 0) + step)); tell(); }
  else if (turn) focus(Number(cell.dataset.k) + turn, inside ? "input" : "button");
  else if (typeof kind === "string") mark(cell, cell.dataset.mark === kind ? "" : kind);
  else return;
  event.preventDefault();
});

// The morph of the page leaves what was typed in a field, so a value from the server is written into it.
function refill() {
  props.value.split(" ").forEach((text, k) => {
    const input = cells()[k]?.querySelector("input");
    if (input && document.activeElement !== input) input.value = text.split(":")[0].replace("?", "");
  });
}
watch("value", refill);
watch("wrong", () => {
  const drawer = document.querySelector("#advanced > button");
  if (Number(props.wrong) >= 0 && drawer && !drawer.classList.contains("open")) drawer.click();
});
