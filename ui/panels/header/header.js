// The header: theme, leaving a run, and the address that follows the run.
const body = document.body;
window.ttsvar.paint();
const label = () => document.querySelector("#dice")?.setAttribute("aria-label", "Draw a new seed");
setTimeout(label, 300);

const narrow = matchMedia("(max-width: 820px)");

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

// The recorded runs stand on the welcome, which comes when the run is left.
function showRecorded(until) {
  body.querySelector(".more[open]")?.removeAttribute("open");
  const shown = body.querySelector(".stage.hello .recorded");
  if (shown) shown.scrollIntoView({ block: "start", behavior: "instant" });
  else if (Date.now() < until) setTimeout(() => showRecorded(until), 100);
}

element.addEventListener("click", (event) => {
  const what = event.target.closest("[data-do]")?.dataset.do;
  if (what === "theme") window.ttsvar.toggleTheme();
  if (what === "rail") {
    body.classList.toggle(narrow.matches ? "rail-open" : "rail-shut");
    expanded();
  }
  if (what === "new" || what === "recorded") trigger("leave", {});
  if (what === "recorded") showRecorded(Date.now() + 5000);
});

watch("value", follow);
const wanted = new URLSearchParams(location.search).get("run");
body.dataset.run = wanted || "";
if (wanted) setTimeout(() => trigger("reopen", { run: wanted }), 0);
