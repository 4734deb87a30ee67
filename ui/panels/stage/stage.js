// @ts-check
// The stage: what is kept lives here until it is sent; the server checks every value again.
const { arrival, contract, choice, doing, requests, shares, sheet, tab, kept, tell, hear, moves, cinema: { cinema, keys } } = window.ttsvar;
const stage = () => element.querySelector(".stage");
const cards = () => [...element.querySelectorAll(".card")];
const counts = () => cards().map((c) => Number(c.dataset.count));
const memory = () => `${contract.storage.choice}:${stage()?.dataset.run}:${stage()?.dataset.at}`;
const onBoard = () => stage()?.classList.contains("board");
// What is under way is written on the view itself, so that the next view, however quickly it comes, begins free.
const busy = () => Boolean(stage()?.dataset.busy || stage()?.dataset.sent);
const button = (verb) => element.querySelector(`[data-do="${verb}"]`);

const facts = ({ dataset: d }) => ({
  name: d.name, letter: d.letter, count: Number(d.count), proposed: Number(d.proposed), reward: Number(d.reward), p: Number(d.p), place: Number(d.place),
});

function put(card, wanted) {
  const count = choice.within(wanted);
  card.dataset.count = count;
  card.classList.toggle("keep", count > 0);
  card.classList.toggle("drop", count === 0);
  card.querySelector("output").textContent = count;
  card.querySelector(".pic").setAttribute("aria-pressed", String(count > 0));
}

function warning(all) {
  if (!all.some((c) => c.count)) return "Keep at least one candidate, or reset to the proposal.";
  if (choice.asProposed(all)) return "";
  const { keep, decision } = stage().dataset;
  return choice.losses(all, { keep: Number(keep), decision });
}

function paint() {
  if (!onBoard()) return;
  const all = cards().map(facts);
  const any = all.some((c) => c.count);
  const same = choice.asProposed(all);
  const said = choice.told(all);
  const bold = document.createElement("b");
  bold.textContent = said.bold;
  const tail = document.createElement("span");
  tail.textContent = said.tail;
  element.querySelector(".what").replaceChildren(bold, tail);
  element.querySelector(".warn").textContent = warning(all);
  element.querySelector(".bar").classList.toggle("warned", Boolean(warning(all)));
  for (const verb of ["next", "decision", "end"]) if (button(verb)) button(verb).disabled = !any;
  button("reset").disabled = same;
  button("duel").hidden = same || !any || all.length < 2;
  element.querySelectorAll(".gh").forEach((line) => { line.querySelector(".kept").textContent = sheet.told(all, line.dataset.letter); });
  tell("choice", Object.fromEntries(all.map((c) => [c.name, c.count])));
}

let asking = 0;
const POLL = 1000;
// The page's name for what it asked last, and of which run: a stop that overtakes it stops it all the same.
let asked = { run: "", order: "" };
const order = () => (asked.run === stage()?.dataset.run ? asked.order : "");
let missing = requests.patience();

// The server tells its progress to who asks, and only that a scale is done by itself.
async function ask() {
  const run = stage()?.dataset.run;
  if (!busy() || !run) return;
  if (document.hidden) { document.addEventListener("visibilitychange", showBusy, { once: true }); return; }
  const told = await server.progress({ run, order: order() }).catch(() => null);
  const lost = missing(told);
  if (busy() && lost) release(lost);
  else if (busy() && told) showProgress(told);
  if (busy()) asking = setTimeout(ask, POLL);
}

function showProgress(told) {
  const parts = [...element.querySelectorAll(".parts li")];
  const at = parts.findIndex((li) => li.dataset.part === told.part);
  parts.forEach((li, i) => { li.classList.toggle("on", i === at); li.classList.toggle("past", at >= 0 && i < at); });
  const now = element.querySelector(".busy .now");
  if (now && doing.told(told)) now.textContent = doing.told(told);
}

function showBusy() {
  const text = stage()?.dataset.busy || stage()?.dataset.sent || "";
  clearTimeout(asking);
  missing = requests.patience();
  if (text) asking = setTimeout(ask, 300);
  document.body.classList.toggle("running", Boolean(text));
  const bar = element.querySelector(".bar");
  if (!bar) return;
  bar.querySelector(".busy").hidden = !text;
  bar.querySelector(".acts").hidden = Boolean(text);
  if (text) {
    bar.querySelector(".now").textContent = text;
    button("stop").disabled = false;
  }
}

// Nothing comes of what was asked: the choice stands as it was, and says why.
function release(why) {
  if (!onBoard()) return;
  Object.assign(stage().dataset, { busy: "", sent: "" });
  showBusy();
  element.querySelector(".bar .err").textContent = why;
}

function recall() {
  try {
    const saved = JSON.parse(tab.get(memory(), "null"));
    if (Array.isArray(saved) && saved.length === cards().length) cards().forEach((c, i) => put(c, Number(saved[i]) || 0));
  } catch { /* a damaged memory is no memory */ }
}

function choose(wanted) {
  cards().forEach((c) => put(c, wanted(facts(c))));
  tab.set(memory(), JSON.stringify(counts()));
  paint();
}

function change(card, count) {
  if (busy() || !card) return;
  element.querySelector(".err").textContent = "";
  const name = card.dataset.name;
  choose((c) => (c.name === name ? count : c.count));
}

const toggle = (card) => card && change(card, choice.toggled(facts(card)));
const all = () => choose((c) => Math.max(1, c.count));
const reset = () => choose((c) => c.proposed);

function act(kind) {
  if (busy() || !onBoard()) return;
  if (!counts().some(Boolean)) { paint(); return; }
  const data = stage().dataset;
  tab.remove(memory());
  stage().dataset.sent = "Drawing the next scale";
  showBusy();
  const { run, at } = data;
  const chosen = JSON.stringify(counts());
  const refused = (why) => {
    if (stage().dataset.run !== run || stage().dataset.at !== at) return;
    tab.set(memory(), chosen);
    release(why);
  };
  asked = { run, order: requests.send(trigger, "act", { kind, run, at, counts: counts() }, refused) };
}

const zoom = (card) => card && window.ttsvar.closeup(card, {
  cards,
  toggle,
  history: (row) => server.history({ run: stage().dataset.run, at: stage().dataset.at, row }),
  knowledge: (row) => server.knowledge({ run: stage().dataset.run, at: stage().dataset.at, row }),
});

const more = (step) => (b) => {
  const card = b.closest(".card");
  change(card, Number(card.dataset.count) + step);
};
window.ttsvar.verbs(element, {
  toggle: (b) => toggle(b.closest(".card")),
  zoom: (b) => zoom(b.closest(".card")),
  maps: switchMaps,
  map: (b) => b.setAttribute("aria-pressed", String(b.getAttribute("aria-pressed") !== "true")),
  only: (b) => {
    const { name } = b.closest(".card").dataset;
    choose((c) => Number(c.name === name));
    act("next");
  },
  sort: (b) => { sorted = b.dataset.sort; arrange(); },
  group: (b) => {
    const { letter } = b.closest(".gh").dataset;
    choose((c) => (c.letter !== letter ? c.count : b.dataset.keep === "0" ? 0 : Math.max(1, c.count)));
  },
  less: more(-1),
  more: more(1),
  reset,
  next: () => act("next"),
  decision: () => act("decision"),
  end: () => act("end"),
  stop: (b) => { b.disabled = true; server.stop({ run: stage().dataset.run, order: order() }); },
  try: takeOver,
  write: () => document.querySelector("#prompt :is(textarea, input)")?.focus(),
});

// Many candidates lie by cluster where it is clustered, until somebody asks for another order.
let sorted = "";
function arrange() {
  const buttons = [...element.querySelectorAll("[data-sort]")];
  if (!buttons.length) return;
  const usual = stage().dataset.decision === "cluster" ? "cluster" : "place";
  const way = [sorted, usual, "place"].find((name) => buttons.some((b) => b.dataset.sort === name));
  buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.sort === way)));
  const { at, lines } = sheet.order(cards().map(facts), way);
  cards().forEach((card, row) => card.style.setProperty("--place", at[row]));
  element.querySelectorAll(".gh").forEach((line) => {
    line.hidden = !(line.dataset.letter in lines);
    line.style.setProperty("--place", lines[line.dataset.letter]);
  });
}

// The first screen's film plays by itself; whoever tries it goes on with the recorded run where the film stands, or,
// where that is another model's, begins the example that the prompt's field shows.
let hero = null;
function playHero() {
  hero?.close();
  const root = element.querySelector(".hi .reel");
  hero = root ? cinema(root, { load: () => server.hero({}) }) : null;
  hero?.begin();
}
function takeOver(b) {
  hero?.pause();
  if (!b.dataset.runName) { document.querySelector("#go")?.click(); return; }
  b.dataset.runAt = hero?.root.dataset.at || "";
  tell("recorded", { button: b });
}
// An ending says whether the search helped: what one draw gives is drawn for it, if it was not before.
async function showOnce() {
  const place = element.querySelector(".once");
  if (!place?.querySelector(".coming")) return;
  const { run, at } = stage().dataset;
  const told = await server.once({ run, at }).catch(() => "");
  if (place.isConnected) place.innerHTML = told;
}
keys(() => (onBoard() ? null : hero));

element.addEventListener("click", (event) => {
  const goal = event.target.closest("[data-go]");
  if (goal) trigger("rewind", { run: window.ttsvar.run(), at: goal.dataset.go });
  // A pointer has counted: Enter goes on. Who came by keys stays on the button.
  const counter = event.target.closest('[data-do="less"], [data-do="more"]');
  if (event.detail && counter) counter.blur();
});

// Pictures are whole; their maps lie over all of them by the switch, which is remembered, or over one by its own button.
let mapped = kept.get(contract.storage.maps, "") === "on";
function showMaps() {
  element.classList.toggle("mapped", mapped);
  button("maps")?.setAttribute("aria-checked", String(mapped));
  if (mapped) element.querySelectorAll(".over.map").forEach((b) => b.setAttribute("aria-pressed", "false"));
}
function switchMaps() {
  mapped = !mapped;
  kept.set(contract.storage.maps, mapped ? "on" : "off");
  showMaps();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const target = event.target;
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  if (event.key === "Escape") { if (busy()) button("stop")?.click(); else focused?.blur(); return; }
  if (target.closest?.("input:not([type=range]), textarea, select, [contenteditable], [role=listbox]")) return;
  if (!onBoard() || busy()) return;
  const key = event.key.toLowerCase();
  if (/^[0-9]$/.test(key)) toggle(cards().find((c) => c.querySelector(".key")?.dataset.key === key));
  else if (key === "a") all();
  else if (key === "r") reset();
  else if (key === "m") switchMaps();
  else if (key === "z") zoom(target.closest?.(".card") || element.querySelector(".card:hover") || cards()[0]);
  else if (key === "enter" && (!target.closest?.("button, a, summary, [role=button], [role=tab]") || target.closest(".pic"))) {
    event.preventDefault();
    act("next");
  }
});

hear("take", (drawn) => { if (!busy() && onBoard()) choose((c) => Number(drawn[c.name]) || 0); });
hear("proceed", () => act("next"));
// Chances for another lambda: cards that show theirs, and what the warning says, follow.
hear("chances", (chances) => {
  if (!onBoard()) return;
  shares.show(cards(), chances);
  element.querySelector(".warn").textContent = warning(cards().map(facts));
});

// Where the cards were, so that they are seen to move to where they are.
let seen = null;
const arrived = arrival.of(element, stage);

function init() {
  if (onBoard() && !busy()) recall();
  // A run that is no longer kept leaves its name in the address only.
  if (stage()?.classList.contains("hello")) document.body.dataset.run = window.ttsvar.run();
  arrange();
  seen = moves.play(seen, element);
  showMaps();
  paint();
  showBusy();
  arrived();
  playHero();
  showOnce();
}
watch("value", init);
init();
