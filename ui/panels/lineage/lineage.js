// @ts-check
// The lineage: arrow keys move between candidates; a click or Enter looks at one, and goes back to it or branches from it.
const { contract, tab, hear, neighbours } = window.ttsvar;
const run = () => window.ttsvar.run();
const rewind = (at) => at && trigger("rewind", { run: run(), at });
const peekBox = () => element.querySelector(".peek");

function make(tag, text = "", attributes = {}) {
  const node = document.createElement(tag);
  node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function beside(from, key) {
  const nodes = [...element.querySelectorAll("g.nd")];
  return nodes[neighbours.neighbour(from.getBoundingClientRect(), nodes.map((n) => n.getBoundingClientRect()), key)];
}

// Only one candidate is a stop of the Tab key: the one last visited.
function visit(node) {
  element.querySelectorAll('g.nd[tabindex="0"]').forEach((n) => n.setAttribute("tabindex", "-1"));
  node.setAttribute("tabindex", "0");
  node.focus();
}

function pictures(seen) {
  const pair = make("div", "", { class: "pair" });
  pair.append(
    make("img", "", { src: seen.image, alt: `${seen.name} at scale ${seen.scale}` }),
    make("img", "", { src: seen.map, alt: `${window.ttsvar.layer()} of ${seen.name}` }),
  );
  return pair;
}

function story(seen) {
  const list = make("ol", "", { "aria-label": `${seen.name} and its ancestors` });
  for (const step of seen.story) {
    const item = make("li");
    item.append(make("img", "", { src: step.image, alt: `scale ${step.scale}` }), make("i", step.scale), make("small", step.reward));
    list.append(item);
  }
  return list;
}

function ways(seen) {
  const acts = make("div", "", { class: "acts" });
  acts.append(make("button", `Go back to scale ${seen.scale}`, { type: "button", class: "go", "data-do": "restore", "data-at": seen.at }));
  if (seen.alive > 1) {
    const alone = make("button", `Branch with ${seen.name} alone`, { type: "button", "data-do": "branch", "data-at": seen.at });
    Object.assign(alone.dataset, { row: seen.row, alive: seen.alive });
    acts.append(alone);
  }
  acts.append(make("button", "Close", { type: "button", "data-do": "close" }));
  return acts;
}

let asked = 0;
async function peek(node) {
  const turn = ++asked;
  visit(node);
  element.querySelectorAll("g.nd.at").forEach((n) => n.classList.remove("at"));
  node.classList.add("at");
  const seen = await server.peek({ run: run(), at: node.dataset.at, row: Number(node.dataset.row) });
  const box = peekBox();
  if (turn !== asked || !box || !node.isConnected) return;
  box.hidden = false;
  if (seen.error) return box.replaceChildren(make("p", seen.error, { class: "err", role: "alert" }));
  const told = make("div", "", { class: "told" });
  told.append(make("h4", `${seen.name} at scale ${seen.scale}`), make("p", seen.text), story(seen), ways(seen));
  box.replaceChildren(pictures(seen), told);
  box.dataset.name = seen.name;
  box.querySelector("button").focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function close() {
  peekBox().hidden = true;
  element.querySelectorAll("g.nd.at").forEach((n) => n.classList.remove("at"));
  element.querySelector('g.nd[tabindex="0"]')?.focus();
}

// The board takes up a choice that was not sent yet from here (see `recall` in stage.js).
function branch(button) {
  const counts = Array(Number(button.dataset.alive)).fill(0);
  counts[Number(button.dataset.row)] = 1;
  tab.set(`${contract.storage.choice}:${run()}:${button.dataset.at}`, JSON.stringify(counts));
  toBoard(button.dataset.at);
}

function toBoard(at) {
  rewind(at);
  window.ttsvar.stage()?.scrollIntoView({ block: "start", behavior: "instant" });
}

function complain(text) {
  const place = element.querySelector(".branches .err");
  if (place) place.textContent = text;
}

function rename(row) {
  const chip = row.querySelector(".chip");
  const title = chip.querySelector("b");
  const field = make("input", "", { type: "text", maxlength: element.querySelector(".branches").dataset.longest, "aria-label": `New name of ${title.textContent}` });
  field.value = title.textContent;
  let over = false;
  const end = async (keep) => {
    if (over) return;
    over = true;
    const name = field.value;
    field.replaceWith(chip);
    if (!keep || name.trim() === title.textContent) return complain("");
    const answer = await server.rename({ run: run(), start: row.dataset.start, name });
    complain(answer.error || "");
    if (!answer.error) {
      title.textContent = answer.name;
      row.querySelector('[data-do="rename"]').setAttribute("aria-label", `Rename ${answer.name}`);
    }
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault(); // or the button that gets the focus would take this key as a click
      end(event.key === "Enter");
      row.querySelector('[data-do="rename"]').focus();
    }
  });
  field.addEventListener("blur", () => end(true));
  chip.replaceWith(field);
  field.select();
}

window.ttsvar.verbs(element, {
  restore: (b) => toBoard(b.dataset.at), branch, close, rename: (b) => rename(b.closest(".branch")),
});

element.addEventListener("click", (event) => {
  if (event.target.closest("[data-do]")) return;
  const node = event.target.closest("g.nd");
  if (node) peek(node);
  else rewind(event.target.closest("[data-go]")?.dataset.go);
});

element.addEventListener("keydown", (event) => {
  const node = event.target.closest("g.nd");
  if (node && event.key.startsWith("Arrow")) {
    event.preventDefault();
    const next = beside(node, event.key);
    if (next) visit(next);
  } else if (node && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    event.stopPropagation();
    peek(node);
  } else if (event.key === "Escape" && event.target.closest(".peek")) {
    event.stopPropagation();
    close();
  }
});

// What the board chooses, before it is sent: who ends at the scale that is shown.
hear("choice", (counts) => {
  const at = window.ttsvar.stage()?.dataset.at;
  element.querySelectorAll(`.death[data-at="${at}"]`).forEach((n) => n.classList.toggle("spared", counts[n.dataset.of] > 0));
  element.querySelectorAll(`g.nd[data-at="${at}"]`).forEach((n) => n.classList.toggle("out", counts[n.dataset.name] === 0));
});
