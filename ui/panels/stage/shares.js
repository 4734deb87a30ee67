// @ts-check
// The chances on the cards: those of the run, or those for another lambda that somebody tries.
window.ttsvar.define("shares", () => {
  /** Writes chances by name on the cards that show theirs; a card keeps the number, too, for the warnings. */
  function show(cards, chances) {
    for (const card of cards) {
      const share = chances[card.dataset.name];
      const shown = card.querySelector(".pr");
      if (share === undefined || !shown) continue;
      card.dataset.p = share.toFixed(4);
      shown.textContent = `${Math.round(100 * share)}%`;
    }
  }
  return { show };
});
