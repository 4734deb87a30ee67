// @ts-check
// What the article's figures say and where their parts stand; pure functions, without a page.
(() => {
  const percent = (share) => Math.round(100 * share);

  /** The row of every scale that the branch's winner comes from, coarse to fine. */
  function lineOf(branch) {
    const rows = [];
    let row = branch.best;
    for (let k = branch.scales.length - 1; k >= 0; k -= 1) {
      row = branch.scales[k].kept[row];
      rows[k] = row;
    }
    return rows;
  }

  /** The rows that have the highest values, as many as are kept. */
  function highest(values, count) {
    const order = values.map((_, i) => i).sort((a, b) => values[b] - values[a]);
    return order.slice(0, count).sort((a, b) => a - b);
  }

  /** How often the favourite at a scale wins, in a sentence. */
  function trusted(right, chance, scale) {
    const often = percent(right[scale]);
    const word = right[scale] < 1.8 * chance ? "little better than a blind guess" : right[scale] < 0.6 ? "a hint, not more" : "worth listening to";
    return { bold: `After scale ${scale} the favourite wins ${often} times in 100`, tail: `: ${word}. A blind guess wins ${Number((100 * chance).toFixed(1))} times.` };
  }

  const sum = (values) => values.reduce((all, value) => all + value, 0);

  /** A reward with its sign, as on a card of the app. */
  const signed = (value) => `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(2)}`;

  /** What the schedule costs against one picture, and against all drawn in full. */
  function priced({ alive, search, one }) {
    return { ratio: sum(search) / sum(one), full: Math.max(...alive), last: alive[alive.length - 1] };
  }

  /** The same schedule with every decision so many scales later, or earlier where negative. */
  function delayed({ alive, one }, by) {
    const then = alive.map((_, k) => alive[Math.max(0, Math.min(alive.length - 1, k - by))]);
    return { alive: then, search: then.map((count, k) => count * one[k]), one };
  }

  /** When the decisions fall, in a word. */
  const when = (by) => (by ? `${Math.abs(by)} scale${Math.abs(by) === 1 ? "" : "s"} ${by > 0 ? "later" : "earlier"}` : "as in the paper");

  /** @type {any} */ (globalThis).ttsvarFigures = { lineOf, highest, trusted, priced, delayed, when, signed };
})();
