// @ts-check
// Underlines, inside the prompt's own field, the words that the model does not know; the note below names them.
const field = () => document.querySelector("#prompt textarea");
let known = [];

function mirror(box) {
  let layer = box.parentElement.querySelector(".mirror");
  if (!layer) {
    layer = document.createElement("div");
    layer.className = "mirror";
    layer.setAttribute("aria-hidden", "true");
    box.parentElement.style.position = "relative";
    box.parentElement.append(layer);
    box.addEventListener("input", paint);
    box.addEventListener("scroll", () => (layer.scrollTop = box.scrollTop));
  }
  return layer;
}

function paint() {
  const box = field();
  if (!box) return;
  const layer = mirror(box);
  layer.style.top = `${box.offsetTop}px`;
  layer.style.height = `${box.offsetHeight}px`;
  layer.replaceChildren();
  for (const piece of box.value.split(/([\p{L}\p{N}'-]+)/u)) {
    if (!known.includes(piece.toLowerCase())) { layer.append(piece); continue; }
    const word = document.createElement("u");
    word.textContent = piece;
    layer.append(word);
  }
  layer.scrollTop = box.scrollTop;
}

function read() {
  known = [...element.querySelectorAll("mark")].map((m) => m.textContent.toLowerCase());
  paint();
}
watch("value", read);
new MutationObserver(read).observe(element, { childList: true, subtree: true });

// The nearest prompt that the model can draw, by one click.
element.addEventListener("click", (event) => {
  const other = event.target.closest("[data-prompt]")?.dataset.prompt;
  const box = field();
  if (!other || !box) return;
  box.value = other;
  box.dispatchEvent(new Event("input", { bubbles: true }));
});

// A prompt is one line: Enter starts, and the next Enter goes on.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches?.("#prompt textarea")) return;
  event.preventDefault();
  const go = document.querySelector("#go");
  go?.focus({ preventScroll: true });
  go?.click();
});

// No press of Start is dropped, and a double click is one press.
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest?.("#go")) event.stopImmediatePropagation();
}, true);

// Start refuses what is wrong beside the field that is wrong, which may be far from the button, or folded away.
const rail = () => document.querySelector("#rail");
const complaints = () => [...rail().querySelectorAll(".cells .why, .err")].filter((place) => place.textContent);

function open(drawer) {
  const head = rail().querySelector(`${drawer} > button`);
  if (!head.classList.contains("open")) head.click();
}

function showComplaint() {
  if (rail().querySelector("#settings :is(.why, .err):not(:empty)")) open("#settings");
  if (rail().querySelector(".cells .why, #advanced-note .err")) open("#advanced");
  requestAnimationFrame(() => {
    const seen = complaints().find((place) => place.offsetParent);
    seen?.scrollIntoView({ block: "nearest", behavior: "instant" });
  });
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("#go")) return;
  // The answer is another stage, or a complaint; one that stands there already is not said again.
  const before = window.ttsvar.stage();
  const tick = before?.dataset.tick;
  if (complaints().length) showComplaint();
  const answered = new MutationObserver(() => {
    if (complaints().length) showComplaint();
    if (complaints().length || window.ttsvar.stage()?.dataset.tick !== tick) answered.disconnect();
  });
  answered.observe(document.body, { childList: true, subtree: true });
});
