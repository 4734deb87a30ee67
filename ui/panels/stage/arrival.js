// @ts-check
// What happens when another view has come: who used a button finds its successor, and the view begins at its heading.
window.ttsvar.define("arrival", () => {
  /** A function to call with every new view of an element. */
  function of(element, stage) {
    // A view replaces the buttons of the one before: who used one finds its successor under the same finger, and who
    // has started a run goes on with Enter.
    let used = "";
    element.addEventListener("focusin", (event) => (used = event.target.closest(".bar [data-do]")?.dataset.do || ""));
    document.addEventListener("click", (event) => { if (event.target.closest?.("#go")) used = "next"; });
    function refocus() {
      const free = document.activeElement === document.body || document.activeElement?.id === "go";
      if (!used || !free) return;
      element.querySelector(`.bar .acts:not([hidden]) [data-do="${used}"]:not(:disabled)`)?.focus({ preventScroll: true });
    }

    // A new view begins at its heading, unless that is on the screen already; on a wide page with the scales above it.
    const narrow = matchMedia("(max-width: 820px)");
    let view = "";
    function reveal() {
      const { run = "", at = "" } = stage()?.dataset || {};
      const before = view;
      view = `${run} ${at}`;
      if (before === view || !before) return;
      requestAnimationFrame(() => {
        const top = stage().getBoundingClientRect().top;
        if (run && top >= 56 && top < innerHeight / 2) return;
        if (run && narrow.matches) stage().scrollIntoView({ block: "start", behavior: "instant" });
        else scrollTo({ top: 0, behavior: "instant" });
      });
    }
    return () => { refocus(); reveal(); };
  }
  return { of };
});
