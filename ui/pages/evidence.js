// @ts-check
// The page of the evidence, after `themed.js`: a link to a section opens what lies behind its fold.

/** @param {Element | null} section */
const open = (section) => {
  const fold = section?.querySelector(".behind button.label-wrap:not(.open)");
  if (fold instanceof HTMLElement) fold.click();
};

/** @param {string} name @param {ScrollBehavior} behavior */
const show = (name, behavior) => {
  const section = document.getElementById(name);
  open(section);
  section?.scrollIntoView({ behavior });
};

// Gradio gives every page the app's own address as its base, so that a bare "#name" would lead to the app.
element.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
  if (!link) return;
  event.preventDefault();
  const name = (link.getAttribute("href") || "").slice(1);
  history.replaceState(history.state, "", `${location.pathname}${location.search}#${name}`);
  show(name, window.ttsvar.still() ? "instant" : "smooth");
});
addEventListener("beforeprint", () => document.querySelectorAll("#evidence .pn").forEach(open));
// The first section is open and grows when its figure comes, so that only then everything has its place.
if (location.hash.length > 1) {
  window.ttsvar.appears("#evidence .js-plotly-plot").then(() => show(location.hash.slice(1), "instant"));
}
