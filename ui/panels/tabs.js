// @ts-check
// Which tab of reasons is open: what decides at the scale that is shown, until a person opens another one.
window.ttsvar.define("tabs", () => {
  const DECIDES = { cluster: "clusters", resample: "resampling" };
  /** The tab to open at a new view: the person's own, or that of the decision; "" leaves what is open. */
  const wanted = (decision, own) => own || DECIDES[decision] || "";
  /** What is kept of a tab that a person opened: nothing where it is the decision's own, which follows the run again. */
  const own = (opened, decision) => (opened === DECIDES[decision] ? "" : opened);
  return { wanted, own };
});
