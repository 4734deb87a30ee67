// @ts-check
// A film of a search without a page: who becomes whom, where everybody lies, and what follows what.
// A frame is what ui/scene/film.py makes of a scale; a candidate's row is its place in `cards`.
window.ttsvar.define("reel", () => {
  /** Per frame and row the track a candidate belongs to: the first copy goes on in its parent's, others begin one. */
  function tracks(frames) {
    let made = 0;
    const found = [];
    frames.forEach(({ cards }, i) => {
      const taken = new Set();
      found.push(cards.map(({ parent }) => {
        const before = i && parent >= 0 ? found[i - 1][parent] : undefined;
        if (before === undefined || taken.has(before)) return made++;
        taken.add(before);
        return before;
      }));
    });
    return found;
  }

  /** The largest squares, each with a line of text under it, that so many places allow: their side, and each place. */
  function grid(room, { width, height, gap = 12, line = 20 }) {
    let best = { side: 0, columns: 1 };
    for (let columns = 1; columns <= room; columns += 1) {
      const rows = Math.ceil(room / columns);
      const side = Math.floor(Math.min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows - line));
      if (side > best.side) best = { side, columns };
    }
    const { side, columns } = best;
    const rows = Math.ceil(room / columns);
    const left = (width - columns * (side + gap) + gap) / 2;
    const top = Math.max(0, (height - rows * (side + line + gap) + gap) / 2);
    const at = (place) => ({ x: left + (place % columns) * (side + gap), y: top + Math.floor(place / columns) * (side + line + gap) });
    return { side, columns, at };
  }

  /** The rows of each cluster by its letter, in the order of their places. */
  function clusters(cards) {
    const rows = cards.map((_, row) => row).sort((a, b) => cards[a].place - cards[b].place);
    const groups = new Map();
    for (const row of rows) groups.set(cards[row].letter, [...(groups.get(cards[row].letter) || []), row]);
    return [...groups].sort(([a], [b]) => a.localeCompare(b)).map(([letter, members]) => ({ letter, rows: members }));
  }

  /** Groups side by side, in as many lines as they need, with the largest squares that fit; boxes are the groups'. */
  function gathered(groups, { width, height, gap = 8, line = 20, pad = 8, head = 20 }) {
    const lay = (side) => {
      const [spots, boxes] = [new Map(), []];
      let [x, y] = [0, 0];
      for (const { letter, rows } of groups) {
        const wide = rows.length * (side + gap) - gap + 2 * pad;
        if (x && x + wide > width) { x = 0; y += side + line + head + 2 * pad; }
        boxes.push({ letter, x, y, width: wide, height: side + line + head + pad });
        rows.forEach((row, i) => spots.set(row, { x: x + pad + i * (side + gap), y: y + head }));
        x += wide + gap;
      }
      const last = boxes[boxes.length - 1];
      return { side, spots, boxes, fits: last.y + last.height <= height && boxes.every((b) => b.width <= width) };
    };
    for (let side = 220; side > 24; side -= 4) {
      const found = lay(side);
      if (found.fits) return found;
    }
    return lay(24);
  }

  /** Each row's part of the chance, from 0 to 1, as [from, to]. */
  function shares(cards) {
    const total = cards.reduce((sum, card) => sum + card.p, 0) || 1;
    let from = 0;
    return cards.map(({ p }) => { const part = [from, from + p / total]; from = part[1]; return part; });
  }

  /** Where the draws fell, spread over the part of who was drawn: a draw names its row, no point within it. */
  function draws(cards) {
    const parts = shares(cards);
    return cards.flatMap(({ count }, row) => Array.from({ length: count }, (_, i) => {
      const [from, to] = parts[row];
      return { row, at: from + ((i + 0.5) / count) * (to - from) };
    }));
  }

  /** Whether something is shown of how a frame decides, or of who won. */
  const decides = (frame) => Boolean(frame.decision) || frame.cards.some((card) => card.winner);

  /** What follows in a film that plays: the decision of a frame, or the next one; null after the last. */
  function following(frames, { index, deciding }) {
    if (!deciding && decides(frames[index])) return { index, deciding: true };
    return index + 1 < frames.length ? { index: index + 1, deciding: false } : null;
  }

  /** Milliseconds that a moment of the film lasts at a speed. */
  function lasts(frame, deciding, speed) {
    const usual = deciding ? (frame.decision ? 2600 : 3200) : frame.decision ? 1000 : frame.scale ? 650 : 1400;
    return usual / speed;
  }

  return { tracks, grid, clusters, gathered, shares, draws, decides, following, lasts };
});
