// @ts-check
// Terms explain themselves on hover, focus or tap; the whole list opens as a dialog.
const terms = JSON.parse(document.querySelector("#glossary-terms")?.textContent || "[]");
const meaning = new Map(terms.map(([name, text]) => [name, text]));
const tip = document.createElement("div");
tip.className = "tip";
tip.id = "term-tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;
document.body.append(tip);
let shown = null;

function hide() {
  shown?.setAttribute("aria-expanded", "false");
  shown?.removeAttribute("aria-describedby");
  shown = null;
  tip.hidden = true;
}

function show(term) {
  if (shown === term) return;
  hide();
  const text = meaning.get(term.dataset.term);
  if (!text) return;
  shown = term;
  tip.replaceChildren();
  const name = document.createElement("b");
  name.textContent = term.dataset.term;
  const words = document.createElement("span");
  words.textContent = text;
  tip.append(name, words);
  tip.hidden = false;
  term.setAttribute("aria-expanded", "true");
  term.setAttribute("aria-describedby", tip.id);
  const box = term.getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8));
  const below = box.bottom + 6 + tip.offsetHeight < innerHeight;
  tip.style.left = `${left}px`;
  tip.style.top = `${below ? box.bottom + 6 : box.top - tip.offsetHeight - 6}px`;
}

function list() {
  document.querySelector("dialog.glossary")?.remove();
  const box = document.createElement("dialog");
  box.className = "glossary";
  box.setAttribute("aria-label", "Glossary");
  const head = document.createElement("header");
  const title = document.createElement("h2");
  title.textContent = "Glossary";
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.onclick = () => box.close();
  head.append(title, close);
  const words = document.createElement("dl");
  for (const [name, text] of terms) {
    const term = document.createElement("dt");
    term.textContent = name;
    const about = document.createElement("dd");
    about.textContent = text;
    words.append(term, about);
  }
  box.append(head, words);
  box.onclick = (event) => event.target === box && box.close();
  box.onclose = () => box.remove();
  document.body.append(box);
  box.showModal();
}

// The rail's labels are Gradio's own and stay as they are, so they are marked once, in place.
function labels() {
  const known = terms.flatMap(([name, , forms]) => forms.map((form) => [form.toLowerCase(), name]));
  document.querySelectorAll("#rail [data-testid=block-info]:not(.term)").forEach((label) => {
    const text = label.textContent.trim().toLowerCase();
    const found = known.find(([form]) => text === form || text.startsWith(`${form},`) || text.endsWith(` ${form}`));
    if (!found) return;
    label.classList.add("term");
    label.dataset.term = found[1];
    label.tabIndex = 0;
  });
}

const near = (event) => event.target.closest?.(".term");
document.addEventListener("mouseover", (event) => (near(event) ? show(near(event)) : !event.target.closest?.(".tip") && hide()));
document.addEventListener("focusin", (event) => (near(event) ? show(near(event)) : hide()));
document.addEventListener("click", (event) => {
  const term = near(event);
  if (!term) { hide(); return; }
  event.preventDefault();
  show(term);
});
window.ttsvar.hear("glossary", list);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && shown) hide();
  if ((event.key === "Enter" || event.key === " ") && near(event)) {
    event.preventDefault();
    event.stopPropagation();
    show(near(event));
  }
}, true);
addEventListener("scroll", hide, { passive: true, capture: true });
new MutationObserver(labels).observe(document.querySelector("#rail") || document.body, { childList: true, subtree: true });
labels();
