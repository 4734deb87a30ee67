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

  return { parse, reached };
});
