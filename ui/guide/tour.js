// @ts-check
// The guided tour: points at one thing at a time and goes on when the person has done it.
const { contract, tab, hear, tell, appears, progress, still } = window.ttsvar;
const card = element.querySelector(".tour");
const steps = JSON.parse(card.dataset.steps);
let at = -1;
let place = -1;
let pause = 0;
// What the step after this one waits for was there already when this step began, so it says nothing.
let stale = false;

const recall = () => { try { return JSON.parse(tab.get(contract.storage.tour, "-1")); } catch { return -1; } };
const remember = () => tab.set(contract.storage.tour, JSON.stringify(at));
const seen = (selector) => [...document.querySelectorAll(selector)].find((n) => n.getClientRects().length);
const until = () => steps[at]?.until || "";

// The scale that the stage shows, as many as there are at the end, -1 before a run.
function scaleShown() {
  const scale = window.ttsvar.stage()?.dataset.scale;
  return scale ? Number(scale) : -1;
}

const narrow = matchMedia("(max-width: 820px)");
const ring = element.querySelector(".tour-ring");
const AROUND = 5;
function stand(target) {
  const box = target?.getBoundingClientRect();
  // Nothing of the page can cut or cover a ring that is not part of it.
  ring.hidden = !box;
  if (box) Object.assign(ring.style, { left: `${box.left - AROUND}px`, top: `${box.top - AROUND}px`, width: `${box.width + 2 * AROUND}px`, height: `${box.height + 2 * AROUND}px` });
  const view = { width: innerWidth, height: innerHeight };
  const where = box && !narrow.matches && progress.beside(box, card.getBoundingClientRect(), view);
  Object.assign(card.style, where
    ? { left: `${where.x}px`, top: `${where.y}px`, right: "auto", bottom: "auto" }
    : { left: "", top: "", right: "", bottom: "" });
}
const follow = () => at >= 0 && stand(document.querySelector(".tour-target"));
addEventListener("scroll", follow, { passive: true });
addEventListener("resize", follow);

function point(reveal) {
  document.querySelectorAll(".tour-target").forEach((n) => n.classList.remove("tour-target"));
  const target = at >= 0 && at < steps.length ? seen(steps[at].target) : null;
  target?.classList.add("tour-target");
  stand(target);
  if (!reveal) return;
  if (!target && document.querySelector(steps[at]?.target)?.closest("#rail")) document.body.classList.add("rail-open");
  const box = seen(steps[at]?.target || "body")?.getBoundingClientRect();
  if (!box || (box.top >= 60 && box.bottom <= innerHeight - 40)) return;
  seen(steps[at]?.target || "body")?.scrollIntoView({ block: "center", behavior: still() ? "instant" : "smooth" });
}

function paint() {
  card.hidden = at < 0;
  document.body.classList.toggle("touring", at >= 0);
  if (at < 0) { point(false); return; }
  const done = at >= steps.length;
  card.classList.toggle("done", done);
  card.querySelector(".of").textContent = done ? "Done" : `${at + 1} of ${steps.length}`;
  card.querySelector("h2").textContent = done ? "That is all of it" : steps[at].title;
  card.querySelector("p").textContent = done
    ? "Start another search, open a recorded run, or take the tour again from the menu. Dotted words explain themselves."
    : steps[at].text;
  card.querySelector(".ways").hidden = done;
  card.querySelector('[data-tour="back"]').disabled = at === 0;
}

const shown = (selector) => Boolean(seen(selector));
const overtaken = () => progress.overtaken(steps[at + 1]?.until || "", shown);

function go(to) {
  at = to;
  stale = overtaken();
  place = scaleShown();
  remember();
  paint();
  point(at >= 0 && at < steps.length);
}

function check() {
  if (at < 0 || at >= steps.length) return;
  point(false);
  const now = scaleShown();
  const running = document.body.classList.contains("running");
  if (progress.reached(until(), { shown, from: place, now, running })) { go(at + 1); return; }
  stale = stale && overtaken();
  if (!stale && !running && overtaken()) { go(at + 2); return; }
  if (place < 0) place = now;
}

for (const type of ["input", "click"]) {
  document.addEventListener(type, (event) => {
    const { kind, what } = progress.parse(until());
    const example = what === "#prompt" && event.target.closest?.("button[data-prompt]");
    if (!(kind === type && event.target.closest?.(what)) && !example) return;
    // Who types has done it when the keys rest; one thing done is one step on, however many events it makes.
    const step = at;
    clearTimeout(pause);
    pause = setTimeout(() => at === step && go(at + 1), type === "input" ? 1500 : 700);
  });
}

card.addEventListener("click", (event) => {
  const what = event.target.closest("[data-tour]")?.dataset.tour;
  if (what === "end") go(-1);
  if (what === "back") go(at - 1);
  if (what === "skip") go(at + 1);
  if (what === "show") point(true);
});
hear("tour", () => {
  if (window.ttsvar.run()) tell("new");
  go(0);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && at >= 0 && card.contains(document.activeElement)) go(-1);
});

new MutationObserver(check).observe(document.body, { childList: true, subtree: true, characterData: true });
at = recall();
if (at >= 0) appears("#stage .stage").then(() => go(at));
