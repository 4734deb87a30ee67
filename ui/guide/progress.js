// @ts-check
// Whether a step of the tour is done. A step's `until` is "input SELECTOR", "click SELECTOR", "shown SELECTOR",
// "moved forward" or "moved back".
window.ttsvar.define("progress", () => {
  /** The kind of what is waited for, and what it is about. */
  function parse(until) {
    const [kind = "", ...rest] = until.split(" ");
    return { kind, what: rest.join(" ") };
  }

  /** Whether what the page shows completes a step; `from` and `now` are scales, -1 where none is shown. */
  function reached(until, { shown, from, now, running }) {
    const { kind, what } = parse(until);
    if (kind === "shown") return shown(what);
    if (kind !== "moved" || running || now < 0 || from < 0) return false;
    return what === "forward" ? now > from : now < from;
  }

  /** Whether the page already shows what the step after this one waits for, as where somebody opens another run. */
  const overtaken = (until, shown) => {
    const { kind, what } = parse(until);
    return kind === "shown" && shown(what);
  };

  /**
   * Where a card stands beside what it speaks of: right of it, below, left or above, within the window and under the
   * line on top; null where it would cover it on every side.
   */
  function beside(target, card, view) {
    const [gap, edge, top] = [16, 8, 64];
    const within = (value, size, from, whole) => Math.max(from, Math.min(value, whole - size - edge));
    const x = within(target.left, card.width, edge, view.width);
    const y = within(target.top, card.height, top, view.height);
    const fits = (at) => at.x >= edge && at.y >= top && at.x + card.width <= view.width - edge && at.y + card.height <= view.height - edge;
    return [
      { x: target.right + gap, y },
      { x, y: target.bottom + gap },
      { x: target.left - gap - card.width, y },
      { x, y: target.top - gap - card.height },
    ].find(fits) || null;
  }

  return { beside, overtaken, parse, reached };
});
