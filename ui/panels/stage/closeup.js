// @ts-check
// The large view of a candidate: picture beside its map, and how it looked at every scale before.
window.ttsvar.define("closeup", ({ answers: ask, text: { signed }, layer, stage }) => {
  const make = (tag, name = "", text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });

  function button(text, does) {
    const made = make("button", "", text);
    made.type = "button";
    made.onclick = does;
    return made;
  }

  /** The dialog's parts; nothing is in them yet. */
  function dialog() {
    const [box, pair, picture, map] = [make("dialog", "zoomed"), make("div", "pair"), make("img"), make("img")];
    const [facts, film, foot] = [make("p", "facts"), make("ol", "film"), make("footer")];
    facts.setAttribute("role", "status");
    pair.append(picture, map);
    box.append(pair, facts, film, foot);
    return { box, picture, map, facts, film, foot };
  }

  /** What is told of a card at one of its scales; at the last one with cluster, origin and whether it goes on. */
  function told({ dataset: d }, frame) {
    const start = `${frame.name}, scale ${frame.scale}: reward ${signed(frame.reward)}`;
    if (!frame.last) return start;
    const chance = stage()?.dataset.decision === "resample" ? `, chance ${Math.round(100 * Number(d.p))} %` : "";
    const fate = Number(d.count) ? `goes on${Number(d.count) > 1 ? ` as ${d.count} copies` : ""}` : "dropped";
    const whose = `${d.letter ? `, cluster ${d.letter}` : ""}, ${d.origin}`;
    return `${frame.name}${whose}, scale ${frame.scale}: reward ${signed(frame.reward)}${chance}, ${fate}`;
  }

  /** A frame of the strip under the picture. */
  function still(frame, show) {
    const item = make("li", frame.decision);
    const [shown, small, number] = [button("", () => show(frame)), make("img"), make("i")];
    shown.dataset.scale = frame.scale;
    small.src = frame.image;
    small.alt = "";
    number.append(make("span", "said", "Scale "), String(frame.scale));
    shown.append(small, number, " ", make("small", "", signed(frame.reward)));
    item.append(shown);
    return item;
  }

  /** The card as it is now, as a frame of its history. */
  function present(card) {
    const [image, map] = [".pic img", ".ov"].map((s) => card.querySelector(s).src);
    const { name, reward } = card.dataset;
    return { scale: Number(stage()?.dataset.scale || 0), name, image, map, reward: Number(reward), decision: "", last: true };
  }

  return (card, { cards, history, knowledge, toggle }) => {
    document.querySelector("dialog.zoomed")?.remove();
    const { box, picture, map, facts, film, foot } = dialog();
    let now = card;

    function show(frame) {
      answers.setAttribute("aria-pressed", "false");
      Object.assign(picture, { src: frame.image, alt: `Candidate ${frame.name} at scale ${frame.scale}` });
      Object.assign(map, { src: frame.map, alt: `${layer()} of ${frame.name} at scale ${frame.scale}` });
      film.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.scale === String(frame.scale))));
      facts.textContent = told(now, frame);
    }

    function strip(frames) {
      film.replaceChildren(...frames.map((frame) => still(frame, show)));
      show(frames[frames.length - 1]);
      film.scrollLeft = film.scrollWidth;
    }

    async function open(which) {
      now = which;
      box.setAttribute("aria-label", `${which.dataset.name}, enlarged`);
      strip([present(which)]);
      keep.textContent = Number(which.dataset.count) ? "Drop" : "Keep";
      const frames = await history(Number(which.dataset.i));
      if (now !== which || !frames.length) return;
      frames[frames.length - 1].last = true;
      strip(frames);
    }

    function turn(step) {
      const all = cards();
      open(all[(all.indexOf(now) + step + all.length) % all.length]);
    }

    const keep = button("Keep", () => { toggle(now); open(now); });
    const back = () => film.lastChild.querySelector("button").click();
    const answers = button("What answers to the prompt", () => ask({ button: answers, facts, map, now: () => now, back }, knowledge));
    const close = button("Close", () => box.close());
    close.autofocus = true;
    foot.append(button("\u2039 Previous", () => turn(-1)), button("Next \u203a", () => turn(1)), keep, answers, make("span", "sp"), close);
    box.addEventListener("keydown", ({ key }) => { if (key === "ArrowLeft" || key === "ArrowRight") turn(key === "ArrowLeft" ? -1 : 1); });
    box.onclick = (event) => event.target === box && box.close();
    box.onclose = () => { box.remove(); now.querySelector(".zoom")?.focus(); };
    document.body.append(box);
    open(card);
    box.showModal();
  };
});
