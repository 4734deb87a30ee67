// @ts-check
// Chances from the rewards that were taken: potentials and softmax as in ttsvar/search/potentials.py, in the browser.
// A card is { past, now, carried }: earlier rewards (null where none was taken), the reward now, a log-weight brought along.
window.ttsvar.define("chances", () => {
  const taken = (past) => past.filter((v) => v !== null);
  const POTENTIAL = {
    value: (past, now) => now,
    max: (past, now) => Math.max(now, ...taken(past)),
    sum: (past, now) => taken(past).reduce((all, v) => all + v, now),
    diff: (past, now) => now - (past.findLast((v) => v !== null) ?? 0),
  };

  /** The chance of each card to be drawn: softmax(lambda * potential + carried); 0 where no reward was taken. */
  function chances(cards, kind, lam) {
    const logits = cards.map(({ past, now, carried }) => (now === null ? -Infinity : lam * POTENTIAL[kind](past, now) + carried));
    const top = Math.max(...logits);
    const weights = logits.map((l) => (Number.isFinite(top) ? Math.exp(l - top) : 1));
    const all = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / all);
  }

  /** How many candidates the chances amount to: all of them where they are alike, 1 where one takes all. */
  const effective = (p) => 1 / p.reduce((all, share) => all + share * share, 0);

  /** How often each card is drawn in so many draws with replacement; `random` gives numbers in [0, 1). */
  function draw(p, count, random = Math.random) {
    const drawn = p.map(() => 0);
    for (let n = 0; n < count; n += 1) {
      let left = random();
      let i = p.findIndex((share) => (left -= share) < 0);
      if (i < 0) i = p.findLastIndex((share) => share > 0);
      drawn[i] += 1;
    }
    return drawn;
  }

  return { POTENTIAL, chances, effective, draw };
});
