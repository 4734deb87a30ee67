// @ts-check
// Cells of a picture that are marked, as a list of booleans row by row.
window.ttsvar.define("cells", () => {
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  /** What stays, 1 or 0 for each cell: all but the marked ones, or, where the rest is drawn anew, the marked ones. */
  const kept = (marked, rest) => marked.map((m) => Number(m === rest));

  /** The cell that an arrow key leads to; at an edge it is the same one. */
  function moved(cell, key, side) {
    const [right, down] = STEPS[key];
    const within = (n) => Math.max(0, Math.min(side - 1, n));
    return within(Math.floor(cell / side) + down) * side + within((cell % side) + right);
  }

  /** The marks with a box between two cells set. */
  function boxed(marked, from, to, value, side) {
    const between = (n, a, b) => n >= Math.min(a, b) && n <= Math.max(a, b);
    const [row, column] = [(c) => Math.floor(c / side), (c) => c % side];
    return marked.map((m, c) => (between(row(c), row(from), row(to)) && between(column(c), column(from), column(to)) ? value : m));
  }

  return { kept, moved, boxed };
});
