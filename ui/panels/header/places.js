// @ts-check
// Where the page stands, for the browser's Back and Forward and for the title of its tab.
window.ttsvar.define("places", () => {
  const HOME = Object.freeze({ run: "", at: "", above: "" });

  /**
   * What the browser's history does when the page goes from one place to the next: "push" where Back should lead to
   * the place before, "replace" where the search only went on to its next scale, "" where nothing changed.
   */
  function entry(before, now) {
    if (before.run === now.run && before.at === now.at) return "";
    return before.run && before.run === now.run && before.at === now.above ? "replace" : "push";
  }

  /** Whether a place is the one that Back or Forward asked for; an entry without a state means any of its run. */
  const arrived = (wanted, now) => wanted.run === now.run && (!wanted.at || wanted.at === now.at);

  /** What the tab is called: what the run is at, then its prompt. */
  function title({ prompt, scale, scales, decision, running, done }) {
    if (!prompt) return "TTS-VAR Explorer";
    if (running) return `Drawing scale ${Number(scale) + 1} of ${Number(scales) - 1} \u00b7 ${prompt}`;
    if (done) return `Finished \u00b7 ${prompt}`;
    return decision ? `\u25cf Choose at scale ${scale} \u00b7 ${prompt}` : `Scale ${scale} \u00b7 ${prompt}`;
  }

  return { HOME, entry, arrived, title };
});
