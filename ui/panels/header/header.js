// @ts-check
// The header: theme, menu, leaving a run, and the address that follows the run.
const body = document.body;
const { appears, hear, tell } = window.ttsvar;
const asked = new URLSearchParams(location.search);
const narrow = matchMedia("(max-width: 820px)");
window.ttsvar.paint();
appears("#dice").then((dice) => dice.setAttribute("aria-label", "Draw a new seed"));

function expanded() {
  const open = narrow.matches ? body.classList.contains("rail-open") || !body.dataset.run : !body.classList.contains("rail-shut");
  element.querySelector(".burger")?.setAttribute("aria-expanded", String(open));
}
narrow.addEventListener("change", expanded);

function follow() {
  const run = window.ttsvar.run();
  const url = new URL(location.href);
  if (run) url.searchParams.set("run", run);
  else url.searchParams.delete("run");
  if (url.href !== location.href) history.replaceState(null, "", url);
  if (run && body.dataset.run !== run) body.classList.remove("rail-open");
  body.dataset.run = run;
  expanded();
}

function closeMenu() {
  document.querySelector("details.more[open]")?.removeAttribute("open");
}

window.ttsvar.verbs(element, {
  theme: window.ttsvar.toggleTheme,
  rail: () => {
    body.classList.toggle(narrow.matches ? "rail-open" : "rail-shut");
    expanded();
  },
  // The menu's own entry names none: it leads to the cards, which stand on the welcome.
  recorded: async () => {
    tell("new");
    const cards = await appears(".stage.hello .recorded");
    cards.scrollIntoView({ block: "start", behavior: "instant" });
  },
});
hear("new", () => trigger("leave", {}));
// What the menu was opened for was chosen, or something beside it.
document.addEventListener("click", (event) => {
  if (event.target.closest?.(".more [data-do]") || !event.target.closest?.("details.more")) closeMenu();
});
document.addEventListener("keydown", (event) => {
  const open = document.querySelector("details.more[open]");
  if (event.key !== "Escape" || !open) return;
  event.stopImmediatePropagation();
  closeMenu();
  open.querySelector("summary")?.focus();
}, true);

// Gradio shows the documentation of `?view=api` only after the button of its footer (which we hide) was pressed, and
// takes a first press for one that closes it.
async function showDocumentation() {
  const open = await appears("footer button.show-api");
  open.click();
  open.click();
}
if (asked.get("view") === "api") showDocumentation();

watch("value", follow);
const wanted = asked.get("run");
body.dataset.run = wanted || "";
// Once this script has run, the view can trigger events.
if (wanted) setTimeout(() => trigger("reopen", { run: wanted }), 0);
