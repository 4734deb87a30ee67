// @ts-check
// The text of a schedule's cells, such as "8 8 6:cluster 6": how many live on, and what is decided there.
window.ttsvar.define("plan", ({ contract }) => {
  /** { size, mark } of each cell; "?" stands for an empty one. */
  const parse = (text) => text.split(" ").map((cell) => {
    const [size, mark = ""] = cell.split(":");
    return { size: size === "?" ? "" : size, mark };
  });
  /** What may stand in a cell, so that the text keeps one cell a word. */
  const clean = (size) => size.replace(/[^0-9A-Za-z.-]/g, "") || "?";
  /** The text of cells. */
  const format = (cells) => cells.map(({ size, mark }) => clean(size) + (mark ? `:${mark}` : "")).join(" ");
  /** The mark that comes after one: none, then each kind of decision. */
  const turned = (mark) => {
    const kinds = ["", ...contract.marks];
    return kinds[(kinds.indexOf(mark) + 1) % kinds.length];
  };
  return { parse, format, turned };
});
