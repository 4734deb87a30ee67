// @ts-check
// What a choice on the board keeps and loses, from the facts of the cards:
// { name, count, proposed, letter, reward, p }, numbers but for name and letter.
window.ttsvar.define("choice", ({ text, contract }) => {
  const { listed } = text;
  const kept = (card) => card.count > 0;

  /** So many copies as a candidate may have. */
  const within = (count) => Math.max(0, Math.min(contract.mostCopies, count));
  /** Copies of a card that was kept or dropped by one touch. */
  const toggled = (card) => (kept(card) ? 0 : Math.max(1, card.proposed));
  /** Whether the choice is the proposal. */
  const asProposed = (cards) => cards.every((c) => c.count === c.proposed);

  /** "Keeping 4 of 6", with copies where there are some, and whose choice it is: the cards say who. */
  function told(cards) {
    const chosen = cards.filter(kept);
    if (!chosen.length) return { bold: "Nothing is selected", tail: "" };
    const total = cards.reduce((all, c) => all + c.count, 0);
    const who = chosen.length < cards.length ? `${chosen.length} of ${cards.length}` : cards.length > 1 ? `all ${cards.length}` : cards[0].name;
    const copied = total > chosen.length ? `, ${total} with copies` : "";
    return { bold: `Keeping ${who}${copied}`, tail: asProposed(cards) ? " as proposed" : " by your choice" };
  }

  /** Clusters that the proposal would keep and the choice gives up. */
  function lostClusters(cards) {
    const groups = new Map();
    for (const c of cards) if (c.letter) groups.set(c.letter, [...(groups.get(c.letter) || []), c]);
    const gone = [...groups].filter(([, group]) => group.some((c) => c.proposed > 0) && !group.some(kept));
    if (gone.length > 2) return [`This drops all candidates of the clusters ${listed(gone.map(([letter]) => letter))}.`];
    return gone.map(([letter, group]) => (group.length === 1
      ? `This drops ${group[0].name}, the only candidate of cluster ${letter}.`
      : `This drops ${group.length === 2 ? "both" : `all ${group.length}`} candidates of cluster ${letter}.`));
  }

  /** What a choice gives up against the proposal: at most two sentences, and one on the work where it differs. */
  function losses(cards, { keep, decision }) {
    const said = lostClusters(cards);
    const likely = cards.find((c) => c.p >= 0.5 && !kept(c));
    if (likely && decision === "resample") said.push(`${likely.name} had ${Math.round(100 * likely.p)}% of the chance.`);
    const best = cards.reduce((a, b) => (b.reward > a.reward ? b : a));
    const ahead = cards.every((c) => c === best || best.reward - c.reward > 0.005);
    if (ahead && cards.length > 1 && !kept(best) && best.proposed) said.push(`${best.name} has the highest reward so far.`);
    const sentences = said.slice(0, 2);
    const total = cards.reduce((all, c) => all + c.count, 0);
    if (total !== keep && decision) {
      const change = Math.round(100 * Math.abs(total / keep - 1));
      sentences.push(`The schedule keeps ${keep}, you keep ${total}: ${change}% ${total > keep ? "more" : "less"} work next.`);
    }
    return sentences.join(" ");
  }

  return { within, toggled, asProposed, told, losses };
});
