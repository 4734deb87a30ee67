// @ts-check
// What a film shows of a candidate, and of a draw.
window.ttsvar.define("tiles", ({ reel, text: { signed, percent }, still }) => {
  /** Pixels around everything, for the frames of what is kept. */
  const EDGE = 4;
  const make = (tag, name = "", words = "") => Object.assign(document.createElement(tag), { className: name, textContent: words });

  /** A candidate's tile: picture, mark, name and reward. */
  function tile(card) {
    const node = make("figure", "tile");
    node.append(make("span", "shot"), make("figcaption"));
    node.style.setProperty("--line", card.color);
    return node;
  }

  function paint(node, card, { deciding, decision, last }) {
    const shot = node.querySelector(".shot");
    const before = shot.querySelector("img:last-of-type");
    if (before?.src !== card.image) {
      const img = make("img");
      img.src = card.image;
      img.alt = "";
      shot.append(img);
      if (before && !still()) img.animate([{ opacity: 0 }, { opacity: 1 }], 260).finished.then(() => before.remove(), () => {});
      else before?.remove();
    }
    const out = Boolean(deciding && (decision ? !card.count : last && !card.winner));
    node.classList.toggle("out", out);
    node.classList.toggle("kept", Boolean(deciding) && !out);
    node.dataset.name = card.name;
    const copies = deciding && decision && card.count > 1 ? ` \u00d7${card.count}` : "";
    node.querySelector("figcaption").replaceChildren(make("b", "", `${card.name}${copies}`), make("span", "", signed(card.reward)));
  }

  /** The shares of the chance as one strip, with a mark where each draw fell. */
  function shares(frame) {
    const strip = make("div", "shares");
    const parts = reel.shares(frame.cards);
    frame.cards.forEach((card, row) => {
      const part = make("i", card.count ? "drawn" : "");
      part.style.width = `${100 * (parts[row][1] - parts[row][0])}%`;
      part.style.setProperty("--line", card.color);
      part.title = `${card.name} had ${percent(card.p)} of the chance`;
      if (parts[row][1] - parts[row][0] > 0.07) part.append(make("span", "", `${card.name} ${percent(card.p)}`));
      strip.append(part);
    });
    reel.draws(frame.cards).forEach(({ at }, i) => {
      const pin = make("b", "pin");
      pin.style.left = `${100 * at}%`;
      if (!still()) pin.animate([{ transform: "translate(-50%, -46px)", opacity: 0 }, { transform: "translate(-50%, 0)", opacity: 1 }], { duration: 420, delay: 200 + 160 * i, easing: "cubic-bezier(.3, 0, .4, 1)", fill: "backwards" });
      strip.append(pin);
    });
    return strip;
  }

  /** The box around a cluster's tiles, with its letter. */
  function group({ letter, x, y, width, height }) {
    const node = make("div", "group");
    node.append(make("b", "", letter || "all"));
    Object.assign(node.style, { left: `${x + EDGE}px`, top: `${y + EDGE}px`, width: `${width}px`, height: `${height}px` });
    return node;
  }

  return { EDGE, tile, paint, shares, group };
});
