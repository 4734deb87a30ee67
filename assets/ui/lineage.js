// Nodes and branches of the lineage: click or arrow keys and Enter.
const go = (at) => at && trigger("rewind", { run: window.ttsvar.run(), at });

element.addEventListener("click", (event) => go(event.target.closest("[data-go]")?.dataset.go));

function neighbour(from, key) {
  const nodes = [...element.querySelectorAll("g.nd")];
  if (!from) return nodes[nodes.length - 1];
  const box = from.getBoundingClientRect();
  const turn = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  let best = null, cost = Infinity;
  for (const node of nodes) {
    const other = node.getBoundingClientRect();
    const dx = other.x - box.x, dy = other.y - box.y;
    const along = dx * turn[0] + dy * turn[1];
    const across = Math.abs(dx * turn[1]) + Math.abs(dy * turn[0]);
    if (along > 2 && along + 2 * across < cost) { best = node; cost = along + 2 * across; }
  }
  return best;
}

element.addEventListener("keydown", (event) => {
  const node = event.target.closest("g.nd");
  if (event.key.startsWith("Arrow") && event.target.closest(".flow")) {
    event.preventDefault();
    neighbour(node, event.key)?.focus();
  }
  if (node && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    event.stopPropagation();
    go(node.dataset.go);
  }
});
