// What leaves the page and comes back: files dropped anywhere, the link, the session, recorded runs.
const MOST = 24 * 1024 * 1024;
const body = document.body;

function tell(text) {
  const box = element.querySelector(".take");
  box.querySelector(".answer")?.remove();
  if (!text) return;
  const line = document.createElement("div");
  line.className = "answer bad";
  line.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "ghost";
  close.dataset.do = "dismiss";
  close.textContent = "Close";
  line.append(words, close);
  box.prepend(line);
}

function bring(file) {
  if (!file) return;
  if (file.size > MOST) return tell(`${file.name} has ${Math.round(file.size / 1e6)} MB; a picture or session from here has at most 25.`);
  const reader = new FileReader();
  reader.onerror = () => tell(`${file.name} could not be read. Choose it again.`);
  reader.onload = () => trigger("dropped", { name: file.name, data: String(reader.result).split(",")[1] || "" });
  reader.readAsDataURL(file);
}

function give(file) {
  if (!file || file.error) return tell(file?.error || "The server did not answer. Try again.");
  const bytes = Uint8Array.from(atob(file.data), (c) => c.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function during(button, work) {
  const label = button.textContent;
  button.disabled = true;
  button.textContent = "One moment";
  try {
    give(await work());
  } catch {
    tell("The server did not answer. Try again.");
  } finally {
    button.disabled = false;
    button.textContent = label;
  }
}

function copied(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

async function share(button) {
  const label = button.dataset.label || button.textContent;
  button.dataset.label = label;
  let done = true;
  try { await navigator.clipboard.writeText(location.href); } catch { done = copied(location.href); }
  button.textContent = done ? "Link copied" : "Copy it from the address bar";
  setTimeout(() => (button.textContent = label), 2500);
}

const verbs = {
  open: () => element.querySelector("#bring").click(),
  dismiss: () => tell(""),
  share,
  save: (button) => during(button, () => server.pack(window.ttsvar.run())),
  // The menu's own entry names none: it leads to the cards.
  recorded: (button) => button.dataset.runName && trigger("recorded", { name: button.dataset.runName }),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-do]");
  if (button && verbs[button.dataset.do]) {
    button.closest("details.more")?.removeAttribute("open");
    verbs[button.dataset.do](button);
  }
  const link = event.target.closest?.("a.go[download]");
  if (link && document.querySelector("#with-recipe")?.checked === false) {
    event.preventDefault();
    server.bare(window.ttsvar.run()).then(give, () => tell("The server did not answer. Try again."));
  }
  if (!event.target.closest?.("details.more")) document.querySelector("details.more[open]")?.removeAttribute("open");
});

document.addEventListener("keydown", (event) => {
  const open = document.querySelector("details.more[open]");
  if (event.key !== "Escape" || !open) return;
  event.stopImmediatePropagation();
  open.removeAttribute("open");
  open.querySelector("summary").focus();
}, true);

element.addEventListener("change", (event) => {
  if (event.target.id !== "bring") return;
  bring(event.target.files[0]);
  event.target.value = "";
});

const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
let depth = 0;
document.addEventListener("dragenter", (event) => { if (carries(event)) { depth += 1; body.classList.add("dropping"); } });
document.addEventListener("dragleave", (event) => { if (carries(event) && (depth -= 1) <= 0) { depth = 0; body.classList.remove("dropping"); } });
document.addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  depth = 0;
  body.classList.remove("dropping");
  bring(event.dataTransfer.files[0]);
});

const asked = new URLSearchParams(location.search);
if (asked.get("recorded") && !asked.get("run")) setTimeout(() => trigger("recorded", { name: asked.get("recorded") }), 0);
