// @ts-check
// The film of the run that is shown: while it is open it stands in the board's place.
const { cinema: { cinema, keys } } = window.ttsvar;
const panel = () => element.querySelector(".film");
let film = null;

function close() {
  film?.close();
  document.body.classList.remove("filming");
}

function take() {
  const { run, now } = panel().dataset;
  const at = film.root.dataset.at;
  close();
  if (at && at !== now) trigger("rewind", { run, at });
}

function init() {
  close();
  const root = element.querySelector(".reel");
  if (!root) { film = null; return; }
  const { run, now } = panel().dataset;
  film = cinema(root, {
    load: () => server.film({ run, at: now }),
    shows: () => document.body.classList.add("filming"),
  });
}

element.addEventListener("click", (event) => {
  const verb = event.target.closest("[data-film]")?.dataset.film;
  if (verb === "take") take();
  else if (verb === "close") close();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !document.body.classList.contains("filming")) return;
  event.stopImmediatePropagation();
  close();
}, true);
keys(() => film);
watch("value", init);
init();
