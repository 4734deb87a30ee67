// @ts-check
// Points over rounds, in words and as places of a chart; pure functions, without a page.
(() => {
  const WHO = ["people", "method", "reward", "chance"];
  const LABELS = { people: "you", method: "search", reward: "reward", chance: "chance" };
  const mean = (values) => values.reduce((all, value) => all + value, 0) / values.length;

  /** Mean points of everybody over the rounds in which somebody picked; null where there is none. */
  function means(rounds) {
    const played = rounds.filter((round) => round.people !== null && round.people !== undefined);
    if (!played.length) return null;
    return Object.fromEntries(WHO.map((who) => [who, mean(played.map((round) => round[who]))]));
  }

  /** How many rounds people had more points than the search, the same, and fewer. */
  function against(rounds) {
    const played = rounds.filter((round) => round.people !== null && round.people !== undefined);
    return {
      won: played.filter((round) => round.people > round.method).length,
      tied: played.filter((round) => round.people === round.method).length,
      lost: played.filter((round) => round.people < round.method).length,
    };
  }

  /** What a pick came to, in a sentence. */
  function told(puzzle, row) {
    const points = puzzle.points[row];
    const how = points === 2 ? "The best of the eight!" : points === 1 ? "A right picture, though not the best." : "Not this one.";
    const rest = [["The search", puzzle.method_points], ["the early reward", puzzle.favourite_points], ["chance", puzzle.chance_points]];
    return `${how} You: ${points}. ${rest.map(([who, got]) => `${who}: ${got}`).join(", ")}.`;
  }

  /** @type {any} */ (globalThis).ttsvarTally = { WHO, LABELS, means, against, told };
})();
