// @ts-check
// The header: theme, menu, leaving a run, and the address that follows the run.
const body = document.body;
const { appears, contract, hear, kept, places, tell } = window.ttsvar;
const asked = new URLSearchParams(location.search);
const bare = asked.get("embed") === "1";
body.classList.toggle("embed", bare);
const narrow = matchMedia("(max-width: 820px)");
window.ttsvar.paint();
appears("#dice").then((dice) => dice.setAttribute("aria-label", "Draw a new seed"));

function expanded() {
  const open = narrow.matches ? body.classList.contains("rail-open") || !body.dataset.run : !body.classList.contains("rail-shut");
  element.querySelector(".burger")?.setAttribute("aria-expanded", String(open));
}
narrow.addEventListener("change", expanded);

function address(run) {
  const url = new URL(location.href);
  if (run) url.searchParams.set("run", run);
  else url.searchParams.delete("run");
  url.searchParams.delete("recorded");
  url.searchParams.delete("at");
  return url;
}

// The place that is shown, null until the run of the address has come; and the one that Back or Forward asked for.
let shown = null;
let wanted = null;

function follow() {
  const { run = "", at = "", above = "" } = element.querySelector(".top")?.dataset || {};
  const now = { run, at, above };
  if (wanted && (places.arrived(wanted, now) || !run)) {
    wanted = null;
    history.replaceState(now, "", address(run));
    shown = now;
  } else if (!wanted) {
    const verb = shown ? places.entry(shown, now) : "replace";
    if (verb === "push") history.pushState(now, "", address(run));
    else if (verb) history.replaceState(now, "", address(run));
    shown = now;
  }
  if (run && body.dataset.run !== run) body.classList.remove("rail-open");
  body.dataset.run = run;
  body.classList.toggle("watching", Boolean(element.querySelector(".top")?.dataset.watched));
  showSound();
  expanded();
  entitle();
}
// A search that runs would go on to show its scales, so it stops first, which takes one scale.
async function settled() {
  document.querySelector('.bar [data-do="stop"]:not(:disabled)')?.click();
  while (body.classList.contains("running")) await new Promise((then) => { setTimeout(then, 100); });
}
addEventListener("popstate", async (event) => {
  wanted = event.state || { ...places.HOME, run: new URLSearchParams(location.search).get("run") || "" };
  if (body.classList.contains("running")) await settled();
  trigger(wanted.run ? "visit" : "leave", { run: wanted.run, at: wanted.at });
});

// The tab says when a choice is due, to the ear as well where that was asked for.
let ran = false;
function entitle() {
  const { prompt = "", scales = "" } = element.querySelector(".top")?.dataset || {};
  const { scale, decision } = window.ttsvar.stage()?.dataset || {};
  const running = body.classList.contains("running");
  const done = Boolean(window.ttsvar.stage()?.classList.contains("final"));
  document.title = places.title({ prompt, scales, scale, decision, running, done });
  if (ran && !running && (decision || done) && sounding()) chime();
  ran = running;
}
const sounding = () => kept.get(contract.storage.sound, "") === "on";
function showSound() { element.querySelector('[data-do="sound"]')?.setAttribute("aria-checked", String(sounding())); }
function chime() {
  const audio = new AudioContext();
  [660, 880].forEach((pitch, i) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const from = audio.currentTime + 0.16 * i;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.3);
    tone.onended = () => { if (i) audio.close(); };
  });
}
new MutationObserver(entitle).observe(body, { attributes: true, attributeFilter: ["class"] });
hear("choice", entitle);

function closeMenu() {
  document.querySelector("details.more[open]")?.removeAttribute("open");
}

window.ttsvar.verbs(element, {
  theme: window.ttsvar.toggleTheme,
  rail: () => {
    body.classList.toggle(narrow.matches ? "rail-open" : "rail-shut");
    expanded();
  },
  sound: () => {
    kept.set(contract.storage.sound, sounding() ? "off" : "on");
    showSound();
    if (sounding()) chime();
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
const first = asked.get("run");
body.dataset.run = first || "";
// Once this script has run, the view can trigger events.
if (first) setTimeout(() => trigger("reopen", { run: first }), 0);
else if (!asked.get("recorded")) follow();
