// @ts-check
// What leaves the page and comes back: files dropped anywhere, the link, the session, recorded runs.
const { contract, hear, requests } = window.ttsvar;
const body = document.body;
const NO_ANSWER = "The server did not answer. Try again.";

function say(text) {
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
  const most = Math.round(contract.mostBytes / 1e6);
  if (file.size > contract.mostBytes) { say(`${file.name} has ${Math.round(file.size / 1e6)} MB; a picture or session from here has at most ${most}.`); return; }
  showBrought(file);
  const reader = new FileReader();
  reader.onerror = () => say(`${file.name} could not be read. Choose it again.`);
  reader.onload = () => requests.send(trigger, "dropped", { name: file.name, data: String(reader.result).split(",")[1] || "" }, say);
  reader.readAsDataURL(file);
}

// A picture that was dropped is seen at once, and for as long as its run is drawn again.
let brought = "";
function showBrought(file) {
  if (brought) URL.revokeObjectURL(brought);
  brought = file.type === "image/png" ? URL.createObjectURL(file) : "";
  if (!brought) return;
  say("Opening this picture.");
  element.querySelector(".answer").classList.replace("bad", "busy");
  element.querySelector(".answer button").remove();
  keepBrought();
}
function keepBrought() {
  const line = element.querySelector(".answer.busy");
  if (!brought || !line || line.querySelector(".brought")) return;
  const image = document.createElement("img");
  image.className = "brought";
  image.src = brought;
  image.alt = "The picture that was dropped";
  line.prepend(image);
}
watch("value", keepBrought);

function give(file) {
  if (!file || file.error) { say(file?.error || NO_ANSWER); return; }
  const bytes = Uint8Array.from(atob(file.data), (c) => c.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = file.name;
  link.click();
  // The browser reads the file while it saves it, and tells nobody when it is done.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function during(button, work) {
  const label = button.textContent;
  button.disabled = true;
  button.textContent = "One moment";
  try {
    give(await work());
  } catch {
    say(NO_ANSWER);
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
  const link = new URL(location.href);
  if (button.dataset.key) link.searchParams.set("run", button.dataset.key);
  try { await navigator.clipboard.writeText(link.href); } catch { done = copied(link.href); }
  button.textContent = done ? "Link copied" : "Copy it from the address bar";
  setTimeout(() => (button.textContent = label), 2500);
}

window.ttsvar.verbs(element, { dismiss: () => say("") });
hear("open-file", () => element.querySelector("#bring").click());
hear("share", ({ button }) => share(button));
hear("save", ({ button }) => during(button, () => server.pack(window.ttsvar.run())));
hear("recorded", ({ button }) => trigger("recorded", { name: button.dataset.runName, at: button.dataset.runAt || "" }));
// The picture is in the link, recipe and all; without its recipe it is asked for.
hear("download", ({ event }) => {
  if (document.querySelector("#with-recipe")?.checked !== false) return;
  event.preventDefault();
  server.bare(window.ttsvar.run()).then(give, () => say(NO_ANSWER));
});

// The card of an ending is drawn when somebody comes to see it.
const here = () => ({ run: window.ttsvar.run(), at: window.ttsvar.stage()?.dataset.at || "" });
hear("card", ({ button }) => during(button, () => server.card(here())));
hear("film", ({ button }) => during(button, () => server.film(here())));
async function showCard(section) {
  const image = section.querySelector("img");
  try {
    const file = await server.card(here());
    if (!file?.data) return;
    image.src = `data:image/png;base64,${file.data}`;
    image.alt = `A card of this run: ${document.querySelector(".end h2")?.textContent || "its picture"}`;
    image.hidden = false;
  } catch { /* its button says so when it is pressed */ }
}
const comesIntoView = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    comesIntoView.unobserve(target);
    showCard(target);
  }
});
function watchForCards() {
  const section = document.querySelector(".share-card:not([data-watched])");
  if (!section) return;
  section.setAttribute("data-watched", "");
  comesIntoView.observe(section);
}
window.ttsvar.appears("#stage").then((stage) => new MutationObserver(watchForCards).observe(stage, { childList: true, subtree: true }));

element.addEventListener("change", (event) => {
  if (event.target.id !== "bring") return;
  bring(event.target.files?.[0]);
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
  bring(event.dataTransfer?.files[0]);
});

const asked = new URLSearchParams(location.search);
// Once this script has run, the view can trigger events.
if (asked.get("recorded") && !asked.get("run")) setTimeout(() => trigger("recorded", { name: asked.get("recorded"), at: asked.get("at") || "" }), 0);
