// @ts-check
// In which order many candidates lie, and what is counted of each cluster, from the facts of the cards and their places.
window.ttsvar.define("sheet", () => {
  const byLetter = (a, b) => a.length - b.length || a.localeCompare(b);
  const WAYS = {
    place: (a, b) => a.place - b.place,
    reward: (a, b) => b.reward - a.reward || a.place - b.place,
    chance: (a, b) => b.p - a.p || a.place - b.place,
    cluster: (a, b) => byLetter(a.letter, b.letter) || b.reward - a.reward,
  };

  /** Each row's position in an order, and of every cluster's line that of its first candidate. */
  function order(cards, way) {
    const rows = cards.map((_, row) => row).sort((a, b) => WAYS[way](cards[a], cards[b]));
    const at = new Map(rows.map((row, i) => [row, 2 * i + 1]));
    const lines = {};
    if (way === "cluster") for (const row of rows) lines[cards[row].letter] ??= at.get(row) - 1;
    return { at: cards.map((_, row) => at.get(row)), lines };
  }

  /** "3 of 5 kept" of a cluster. */
  function told(cards, letter) {
    const members = cards.filter((card) => card.letter === letter);
    return `${members.filter((card) => card.count > 0).length} of ${members.length} kept`;
  }

  return { order, told, ways: Object.keys(WAYS) };
});
