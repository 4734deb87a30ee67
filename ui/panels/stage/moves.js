// @ts-check
// From one scale to the next, cards move from where they were, copies come out of their parent, and who was dropped leaves.
window.ttsvar.define("moves", ({ still }) => {
  const LASTS = { duration: 480, easing: "cubic-bezier(.3, .1, .2, 1)" };

  /**
   * Who comes from where: for each card the name that it has, or had one scale earlier, and the names of who left.
   * @param {string[]} before names that were shown
   * @param {{name: string, parent: string}[]} now
   */
  function changes(before, now) {
    const from = now.map(({ name, parent }) => [name, parent].find((known) => before.includes(known)) || "");
    const left = before.filter((name) => !now.some((card) => card.name === name || card.parent === name));
    return { from, left };
  }

  const of = (view) => [...view.querySelectorAll(".board .card")];

  /** Names of the cards with their boxes, measured from the board, and the cards themselves. */
  function look(view) {
    const board = view.querySelector(".board");
    const origin = board?.getBoundingClientRect();
    const cards = new Map();
    for (const card of of(view)) {
      const box = card.getBoundingClientRect();
      cards.set(card.dataset.name, { card, x: box.left - origin.left, y: box.top - origin.top, width: box.width });
    }
    const { run = "", at = "" } = view.querySelector(".stage")?.dataset || {};
    return { run, at, cards };
  }

  function move(card, was, is) {
    if (Math.abs(was.x - is.x) + Math.abs(was.y - is.y) + Math.abs(was.width - is.width) < 2) return;
    const from = `translate(${was.x - is.x}px, ${was.y - is.y}px) scale(${was.width / is.width})`;
    card.animate([{ transformOrigin: "0 0", transform: from }, { transformOrigin: "0 0", transform: "none" }], LASTS);
  }

  function leave(board, was) {
    const ghost = was.card.cloneNode(true);
    for (const name of ["data-testid", "data-name", "data-i"]) ghost.removeAttribute(name);
    ghost.className = "leaving drop";
    ghost.inert = true;
    ghost.setAttribute("aria-hidden", "true");
    Object.assign(ghost.style, { left: `${was.x}px`, top: `${was.y}px`, width: `${was.width}px` });
    board.append(ghost);
    ghost.animate([{ opacity: 1, transform: "none" }, { opacity: 0, transform: "translateY(48px) scale(.7)" }], LASTS).finished
      .finally(() => ghost.remove());
  }

  /** Show how the view that was `seen` became the one that is there; returns what is to be seen of this one. */
  function play(seen, view) {
    const now = look(view);
    if (!seen || still() || !now.cards.size || seen.run !== now.run || seen.at === now.at || document.hidden) return now;
    const cards = of(view);
    const facts = cards.map(({ dataset: { name, parent } }) => ({ name, parent }));
    const { from, left } = changes([...seen.cards.keys()], facts);
    cards.forEach((card, i) => from[i] && move(card, seen.cards.get(from[i]), now.cards.get(card.dataset.name)));
    left.forEach((name) => leave(view.querySelector(".board"), seen.cards.get(name)));
    return now;
  }

  return { changes, play };
});
