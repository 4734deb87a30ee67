// The board: what is kept lives here until it is sent; the server checks every value again.
const stage = () => element.querySelector(".stage");
const cards = () => [...element.querySelectorAll(".card")];
const counts = () => cards().map((c) => Number(c.dataset.count));
const memory = () => `ttsvar:${stage()?.dataset.run}:${stage()?.dataset.at}`;
const onBoard = () => stage()?.classList.contains("board");
// What is under way is written on the view itself, so that the next view, however quickly it comes, begins free.
const busy = () => Boolean(stage()?.dataset.busy || stage()?.dataset.sent);

function put(card, count) {
  count = Math.max(0, Math.min(16, count));
  card.dataset.count = count;
  card.classList.toggle("keep", count > 0);
  card.classList.toggle("drop", count === 0);
  card.querySelector("output").textContent = count;
  card.querySelector(".pic").setAttribute("aria-pressed", String(count > 0));
}

function list(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

function losses() {
  const all = cards();
  const said = [];
  const groups = new Map();
  for (const c of all) if (c.dataset.letter) groups.set(c.dataset.letter, [...(groups.get(c.dataset.letter) || []), c]);
  const gone = [...groups].filter(([, group]) => group.some((c) => Number(c.dataset.proposed) > 0) && !group.some((c) => Number(c.dataset.count) > 0));
  if (gone.length > 2) said.push(`Nobody of the clusters ${list(gone.map(([letter]) => letter))} goes on.`);
  else for (const [letter, group] of groups) {
    const had = group.some((c) => Number(c.dataset.proposed) > 0);
    if (!had || group.some((c) => Number(c.dataset.count) > 0)) continue;
    said.push(group.length === 1 ? `This drops ${group[0].dataset.name}, the only candidate of cluster ${letter}.` : `Nobody of cluster ${letter} goes on.`);
  }
  const likely = all.find((c) => Number(c.dataset.p) >= 0.5 && c.dataset.count === "0");
  if (likely && element.querySelector(".stage.resample")) said.push(`${likely.dataset.name} had ${Math.round(100 * Number(likely.dataset.p))}% of the chance.`);
  const best = all.reduce((a, b) => (Number(b.dataset.reward) > Number(a.dataset.reward) ? b : a));
  const ahead = all.every((c) => c === best || Number(best.dataset.reward) - Number(c.dataset.reward) > 0.005);
  if (ahead && all.length > 1 && best.dataset.count === "0" && best.dataset.proposed !== "0") said.push(`${best.dataset.name} has the highest reward so far.`);
  const told = said.slice(0, 2);
  const total = counts().reduce((a, b) => a + b, 0);
  const keep = Number(stage().dataset.keep);
  if (total !== keep && element.querySelector(".stage.cluster, .stage.resample, .stage.select")) told.push(`The schedule keeps ${keep} here, you keep ${total}: the next scale takes ${Math.round(100 * Math.abs(total / keep - 1))}% ${total > keep ? "more" : "less"} work.`);
  return told.join(" ");
}

function paint() {
  if (!onBoard()) return;
  const all = cards();
  const kept = all.filter((c) => Number(c.dataset.count) > 0);
  const names = kept.map((c) => c.dataset.name + (Number(c.dataset.count) > 1 ? ` \u00d7${c.dataset.count}` : ""));
  const same = all.every((c) => c.dataset.count === c.dataset.proposed);
  const what = element.querySelector(".what");
  const everyone = kept.length === all.length && kept.every((c) => c.dataset.count === "1") && all.length > 4;
  what.replaceChildren();
  const bold = document.createElement("b");
  bold.textContent = kept.length ? (everyone ? `Keeping all ${all.length}` : `Keeping ${list(names)}`) : "Nothing is selected";
  const tail = document.createElement("span");
  tail.textContent = kept.length ? (same ? " as proposed" : " by your choice") : "";
  what.append(bold, tail);
  element.querySelector(".warn").textContent = kept.length ? (same ? "" : losses()) : "Keep at least one candidate, or reset to the proposal.";
  element.querySelectorAll('[data-do="next"],[data-do="decision"],[data-do="end"]').forEach((b) => (b.disabled = !kept.length));
  element.querySelector('[data-do="reset"]').disabled = same;
  element.querySelector('[data-do="duel"]').hidden = same || !kept.length || all.length < 2;
  document.dispatchEvent(new CustomEvent("ttsvar:choice", { detail: Object.fromEntries(all.map((c) => [c.dataset.name, Number(c.dataset.count)])) }));
}

const WORDS = { transformer: "drawing", decode: "decoding", features: "looking at", reward: "judging", selection: "choosing from" };
let asking = 0;

async function ask() {
  const run = stage()?.dataset.run;
  if (!busy() || !run) return;
  try {
    const doing = await server.progress(run);
    if (busy() && doing?.part) tell(doing);
  } catch { /* the next view says what happened */ }
  if (busy()) asking = setTimeout(ask, 200);
}

function tell({ scale, part, items }) {
  const parts = [...element.querySelectorAll(".parts li")];
  const at = parts.findIndex((li) => li.dataset.part === part);
  parts.forEach((li, i) => { li.classList.toggle("on", i === at); li.classList.toggle("past", at >= 0 && i < at); });
  const now = element.querySelector(".busy .now");
  if (now) now.textContent = `Scale ${Number(scale)}: ${WORDS[part] || part} ${Number(items)} candidate${items === 1 ? "" : "s"}`;
}

function showBusy() {
  const text = stage()?.dataset.busy || stage()?.dataset.sent || "";
  clearTimeout(asking);
  if (text) asking = setTimeout(ask, 20);
  document.body.classList.toggle("running", Boolean(text));
  const bar = element.querySelector(".bar");
  if (!bar) return;
  bar.querySelector(".busy").hidden = !text;
  bar.querySelector(".acts").hidden = Boolean(text);
  if (text) {
    bar.querySelector(".now").textContent = text;
    bar.querySelector('[data-do="stop"]').disabled = false;
  }
}

function remember() {
  try { sessionStorage.setItem(memory(), JSON.stringify(counts())); } catch { /* nothing to keep it in */ }
}

function recall() {
  try {
    const saved = JSON.parse(sessionStorage.getItem(memory()) || "null");
    if (Array.isArray(saved) && saved.length === cards().length) cards().forEach((c, i) => put(c, Number(saved[i]) || 0));
  } catch { /* a damaged memory is no memory */ }
}

function change(card, count) {
  if (busy() || !card) return;
  put(card, count);
  element.querySelector(".err").textContent = "";
  remember();
  paint();
}

const toggle = (card) => card && change(card, Number(card.dataset.count) ? 0 : Math.max(1, Number(card.dataset.proposed)));
const all = () => { cards().forEach((c) => put(c, Math.max(1, Number(c.dataset.count)))); remember(); paint(); };
const reset = () => { cards().forEach((c) => put(c, Number(c.dataset.proposed))); remember(); paint(); };

function act(kind) {
  if (busy() || !onBoard()) return;
  if (!counts().some(Boolean)) return paint();
  const data = stage().dataset;
  try { sessionStorage.removeItem(memory()); } catch { /* nothing was kept */ }
  stage().dataset.sent = "Drawing the next scale";
  showBusy();
  trigger("act", { kind, run: data.run, at: data.at, counts: counts() });
}

const zoom = (card) => card && window.ttsvar.zoom(card, {
  cards,
  toggle,
  history: (index) => server.history({ run: stage().dataset.run, at: stage().dataset.at, index }),
});

const verbs = {
  toggle: (c) => toggle(c), less: (c) => change(c, Number(c.dataset.count) - 1), more: (c) => change(c, Number(c.dataset.count) + 1),
  zoom: (c) => zoom(c), reset, next: () => act("next"), decision: () => act("decision"), end: () => act("end"),
  duel: () => document.dispatchEvent(new CustomEvent("ttsvar:duel")),
  new: () => document.querySelector('.top [data-do="new"]')?.click(),
  stop: (c, button) => { button.disabled = true; server.stop(stage().dataset.run); },
};

element.addEventListener("click", (event) => {
  const goal = event.target.closest("[data-go]");
  if (goal) return trigger("rewind", { run: window.ttsvar.run(), at: goal.dataset.go });
  const button = event.target.closest("[data-do]");
  const card = event.target.closest(".card");
  if (button && button.dataset.do !== "wipe") verbs[button.dataset.do]?.(card, button);
  // A pointer has counted: Enter goes on. Who came by keys stays on the button.
  if (event.detail && ["less", "more"].includes(button?.dataset.do)) button.blur();
});

function wipe(value) {
  document.documentElement.style.setProperty("--wipe", `${100 - value}%`);
  const slider = element.querySelector('[data-do="wipe"]');
  if (slider && slider.value !== String(value)) slider.value = value;
}
let share = 38;
try { share = Number(localStorage.getItem("ttsvar-wipe") ?? 38); } catch { /* the default */ }
element.addEventListener("input", (event) => {
  if (event.target.dataset.do !== "wipe") return;
  share = Number(event.target.value);
  wipe(share);
  try { localStorage.setItem("ttsvar-wipe", String(share)); } catch { /* only for now */ }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const target = event.target;
  if (event.key === "Escape") return busy() ? element.querySelector('[data-do="stop"]')?.click() : document.activeElement?.blur();
  if (target.closest?.("input:not([type=range]), textarea, select, [contenteditable], [role=listbox]")) return;
  if (!onBoard() || busy()) return;
  const key = event.key.toLowerCase();
  if (/^[0-9]$/.test(key)) toggle(cards()[Number(key)]);
  else if (key === "a") all();
  else if (key === "r") reset();
  else if (key === "z") zoom(target.closest?.(".card") || element.querySelector(".card:hover") || cards()[0]);
  else if (key === "enter" && (!target.closest?.("button, a, summary, [role=button], [role=tab]") || target.closest(".pic"))) {
    event.preventDefault();
    act("next");
  }
});

document.addEventListener("ttsvar:take", ({ detail }) => {
  if (busy() || !onBoard()) return;
  cards().forEach((c) => put(c, Number(detail[c.dataset.name]) || 0));
  remember();
  paint();
});

// A view replaces the buttons of the one before: who used one finds its successor under the same finger, and who has
// started a run goes on with Enter.
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

function init() {
  if (onBoard() && !busy()) recall();
  // A run that is no longer kept leaves its name in the address only.
  if (stage()?.classList.contains("hello")) document.body.dataset.run = window.ttsvar.run();
  wipe(share);
  paint();
  showBusy();
  refocus();
  reveal();
}
watch("value", init);
init();
