// @ts-check
// The large view of a candidate: picture beside its map, and how it looked at every scale before.
window.ttsvar.define("closeup", ({ text: { signed }, layer, stage }) => (card, { cards, history, toggle }) => {
  const make = (tag, name = "", text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });
  document.querySelector("dialog.zoomed")?.remove();
  const box = make("dialog", "zoomed");
  const pair = make("div", "pair");
  const [picture, map] = [make("img"), make("img")];
  pair.append(picture, map);
  const facts = make("p", "facts");
  facts.setAttribute("role", "status");
  const film = make("ol", "film");
  const foot = make("footer");
  box.append(pair, facts, film, foot);
  let now = card;

  function show(frame) {
    picture.src = frame.image;
    map.src = frame.map;
    picture.alt = `Candidate ${frame.name} at scale ${frame.scale}`;
    map.alt = `${layer()} of ${frame.name} at scale ${frame.scale}`;
    film.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.scale === String(frame.scale))));
    const d = now.dataset;
    const chance = stage()?.dataset.decision === "resample" ? `, chance ${Math.round(100 * Number(d.p))} %` : "";
    const here = frame.last ? `${chance}, ${Number(d.count) ? `goes on${Number(d.count) > 1 ? ` as ${d.count} copies` : ""}` : "dropped"}` : "";
    const whose = frame.last ? `${d.letter ? `, cluster ${d.letter}` : ""}, ${d.origin}` : "";
    facts.textContent = `${frame.name}${whose}, scale ${frame.scale}: reward ${signed(frame.reward)}${here}`;
  }

  function strip(frames) {
    film.replaceChildren(...frames.map((frame) => {
      const item = make("li", frame.decision);
      const button = make("button");
      button.type = "button";
      button.dataset.scale = frame.scale;
      const small = make("img");
      small.src = frame.image;
      small.alt = "";
      const number = make("i");
      number.append(make("span", "said", "Scale "), String(frame.scale));
      button.append(small, number, " ", make("small", "", signed(frame.reward)));
      button.onclick = () => show(frame);
      item.append(button);
      return item;
    }));
    show(frames[frames.length - 1]);
    film.scrollLeft = film.scrollWidth;
  }

  async function open(which) {
    now = which;
    const scale = Number(stage()?.dataset.scale || 0);
    const [image, own] = [".pic img", ".ov"].map((s) => which.querySelector(s).src);
    box.setAttribute("aria-label", `${which.dataset.name}, enlarged`);
    const frame = { scale, name: which.dataset.name, image, map: own, reward: Number(which.dataset.reward), decision: "", last: true };
    strip([frame]);
    keep.textContent = Number(which.dataset.count) ? "Drop" : "Keep";
    const frames = await history(Number(which.dataset.i));
    if (now !== which || !frames.length) return;
    frames[frames.length - 1].last = true;
    strip(frames);
  }

  const turn = (step) => {
    const all = cards();
    open(all[(all.indexOf(now) + step + all.length) % all.length]);
  };
  const button = (text, does) => {
    const made = make("button", "", text);
    made.type = "button";
    made.onclick = does;
    foot.append(made);
    return made;
  };
  button("\u2039 Previous", () => turn(-1));
  button("Next \u203a", () => turn(1));
  const keep = button("Keep", () => { toggle(now); open(now); });
  foot.append(make("span", "sp"));
  button("Close", () => box.close()).autofocus = true;
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") turn(-1);
    if (event.key === "ArrowRight") turn(1);
  });
  box.onclick = (event) => event.target === box && box.close();
  box.onclose = () => { box.remove(); now.querySelector(".zoom")?.focus(); };
  document.body.append(box);
  open(card);
  box.showModal();
});
