// The guided tour: points at one thing at a time and goes on when the person has done it.
const card = element.querySelector(".tour");
const steps = JSON.parse(card.dataset.steps);
const memory = "ttsvar-tour";
let at = -1;
let place = null;
let pause = 0;

const recall = () => { try { return JSON.parse(sessionStorage.getItem(memory) ?? "-1"); } catch { return -1; } };
const remember = () => { try { sessionStorage.setItem(memory, JSON.stringify(at)); } catch { /* it lasts as long as the page */ } };
const scaleShown = () => Number(/Scale (\d+)/.exec(document.querySelector(".stage .say h2")?.textContent || "")?.[1] ?? (document.querySelector(".stage.final") ? 13 : -1));
const seen = (selector) => [...document.querySelectorAll(selector)].find((n) => n.getClientRects().length);
const until = () => steps[at]?.until || "";

function point(reveal) {
  document.querySelectorAll(".tour-target").forEach((n) => n.classList.remove("tour-target"));
  const target = at >= 0 && at < steps.length ? seen(steps[at].target) : null;
  target?.classList.add("tour-target");
  if (!reveal) return;
  if (!target && document.querySelector(steps[at]?.target)?.closest("#rail")) document.body.classList.add("rail-open");
  const box = seen(steps[at]?.target || "body")?.getBoundingClientRect();
  if (!box || (box.top >= 60 && box.bottom <= innerHeight - 40)) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  seen(steps[at]?.target || "body").scrollIntoView({ block: "center", behavior: still ? "instant" : "smooth" });
}

function paint() {
  card.hidden = at < 0;
  document.body.classList.toggle("touring", at >= 0);
  if (at < 0) return point(false);
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

function go(to) {
  at = to;
  place = scaleShown();
  remember();
  paint();
  if (at >= 0 && at < steps.length) point(true);
  else point(false);
}

function check() {
  if (at < 0 || at >= steps.length) return;
  point(false);
  const [kind, ...rest] = until().split(" ");
  const now = scaleShown();
  if (kind === "shown" && seen(rest.join(" "))) return go(at + 1);
  if (kind === "moved" && now >= 0 && place >= 0 && !document.body.classList.contains("running")) {
    if (rest[0] === "forward" ? now > place : now < place) return go(at + 1);
  }
  if (place < 0) place = now;
}

for (const type of ["input", "click"]) {
  document.addEventListener(type, (event) => {
    const [kind, ...rest] = until().split(" ");
    const example = rest[0] === "#prompt" && event.target.closest?.("[data-prompt]");
    if (!(kind === type && event.target.closest?.(rest.join(" "))) && !example) return;
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

document.addEventListener("click", (event) => {
  const button = event.target.closest?.('[data-do="tour"]');
  if (!button) return;
  button.closest("details")?.removeAttribute("open");
  if (window.ttsvar.run()) document.querySelector('.top [data-do="new"]')?.click();
  go(0);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && at >= 0 && card.contains(document.activeElement)) go(-1);
});

new MutationObserver(() => check()).observe(document.body, { childList: true, subtree: true, characterData: true });
at = recall();
if (at >= 0) setTimeout(() => go(at), 500);
