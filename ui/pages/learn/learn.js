// @ts-check
// The article's figures: each is made from recorded data, and leads to the same state in the app.
(() => {
  const data = JSON.parse(document.querySelector("#data")?.textContent || "{}");
  const { lineOf, highest, trusted, priced, delayed, when, signed } = /** @type {any} */ (globalThis).ttsvarFigures;
  const [search, other] = data.tale.branches;
  const SVG = "http://www.w3.org/2000/svg";

  function theme() {
    let kept = null;
    try { kept = localStorage.getItem(data.theme); } catch { /* a file or a private window keeps nothing */ }
    const dark = kept ? kept === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.classList.toggle("dark", dark);
  }
  theme();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);

  /** @returns {any} */
  function make(tag, own = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(own)) {
      if (name in element && name !== "list") element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }
  function drawn(tag, own, text = "") {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(own)) element.setAttribute(name, String(value));
    element.textContent = text;
    return element;
  }
  const figure = (name) => document.querySelector(`[data-figure=${name}]`);
  const opening = (state, words) => {
    if (!data.app) return "";
    const query = new URLSearchParams({ recorded: data.tale.name, at: state });
    return make("a", { className: "open", href: `${data.app}?${query}` }, words);
  };
  const said = () => make("p", { className: "said", "aria-live": "polite" });

  function draw() {
    const line = lineOf(search);
    const picture = make("img", { alt: "" });
    const words = said();
    const place = make("span");
    const slider = make("input", { type: "range", min: 0, max: line.length - 1, value: 2, "aria-label": "Scale" });
    const show = () => {
      const k = Number(slider.value);
      const [h, w] = data.tale.sizes[k];
      picture.src = search.scales[k].images[line[k]];
      picture.alt = `${data.tale.prompt}, after scale ${k}`;
      slider.setAttribute("aria-valuetext", `Scale ${k}`);
      words.replaceChildren(make("b", {}, `Scale ${k}`), ` of ${line.length - 1}: ${h} × ${w} cells. “${data.tale.prompt}”`);
      place.replaceChildren(opening(search.scales[k].state, "Open this scale in the app"));
    };
    slider.addEventListener("input", show);
    figure("draw").append(make("div", { className: "large" }, picture), slider, words, place);
    show();
  }

  function look() {
    const scale = search.scales[2];
    const grid = make("div", { className: "eight" });
    const words = said();
    const tell = (seen) => words.replaceChildren(seen
      ? "In the vision model’s view, parts of like colour hold like content."
      : "Which of them will become the best picture? Press one to see it as the vision model does.");
    scale.images.forEach((uri, i) => {
      const image = make("img", { src: uri, alt: `Candidate ${i + 1} at scale 2` });
      const button = make("button", { className: "pick", type: "button", "aria-pressed": "false" }, image);
      button.style.background = "none";
      button.addEventListener("click", () => {
        const seen = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(seen));
        image.src = seen ? scale.maps[i] : uri;
        image.alt = seen ? `What the vision model sees in candidate ${i + 1}` : `Candidate ${i + 1} at scale 2`;
        tell(seen);
      });
      grid.append(button);
    });
    tell(false);
    figure("look").append(grid, words, opening(scale.state, "Open these eight in the app"));
  }

  function ending(branch) {
    const last = branch.scales[branch.scales.length - 1];
    const row = last.kept[branch.best];
    const verdict = branch.verdict ? make("span", { className: branch.correct ? "yes" : "no" }, branch.correct ? `✓ ${branch.verdict}` : `✗ ${branch.verdict}`) : "";
    const reward = `Reward ${signed(last.rewards[row])}. `;
    return make("div", { className: "ends" },
      make("img", { src: last.images[row], alt: `How it ended: ${data.tale.prompt}` }),
      make("p", {}, make("b", {}, "How it ends. "), reward, verdict));
  }

  function clusters() {
    const k = search.scales.findIndex((scale) => scale.state === data.tale.parting);
    const scale = search.scales[k];
    const rules = { "One of each kind": scale.kept, "Highest reward": highest(scale.rewards, scale.kept.length) };
    const grid = make("div", { className: "eight six" });
    const place = make("div");
    const words = said();
    const cards = scale.images.map((uri, i) => {
      const letter = make("b", {}, scale.clusters[i]);
      const card = make("div", { className: "pick" }, make("img", { src: uri, alt: `Candidate of kind ${scale.clusters[i]}, reward ${scale.rewards[i]}` }),
        make("i", {}, letter, make("span", {}, signed(scale.rewards[i]))));
      card.style.setProperty("--cluster", scale.colors[i]);
      return card;
    });
    grid.append(...cards);
    const buttons = Object.keys(rules).map((name, turn) => {
      const button = make("button", { type: "button", "aria-pressed": "false" }, name);
      button.addEventListener("click", () => choose(name, turn));
      return button;
    });
    function choose(name, turn) {
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === turn)));
      cards.forEach((card, i) => {
        card.classList.toggle("kept", rules[name].includes(i));
        card.classList.toggle("out", !rules[name].includes(i));
      });
      place.replaceChildren(ending(turn ? other : search));
      words.replaceChildren(turn
        ? "The winner of the other way is not among these: its reward was too low at this scale."
        : "A letter is a kind of layout, the number is the reward so far. One of low reward goes on, as the only one of its kind.");
    }
    figure("clusters").append(make("div", { className: "row" }, ...buttons), make("div", { style: "height: 16px" }), grid, words, place, opening(scale.state, `Open this decision, at scale ${k}, in the app`));
    choose(Object.keys(rules)[0], 0);
  }

  const W = 660;
  const H = 240;
  function bars(values, top, own = {}) {
    const step = W / values.length;
    const svg = drawn("svg", { viewBox: `0 0 ${W} ${H + 34}`, role: "img", ...own });
    values.forEach((value, i) => {
      const height = Math.max(2, (value / top) * H);
      svg.append(
        drawn("rect", { class: "bar", x: i * step + 4, y: H - height, width: step - 8, height, rx: 5 }),
        drawn("text", { x: (i + 0.5) * step, y: H + 24, "text-anchor": "middle" }, String(i)));
    });
    return svg;
  }

  function later() {
    const { right, chance, searches } = data.later;
    const svg = bars(right, 1, { "aria-label": "How often the favourite of each scale wins in the end" });
    const level = H * (1 - chance);
    svg.append(drawn("line", { class: "level", x1: 0, x2: W, y1: level, y2: level }), drawn("text", { class: "beside", x: 4, y: level - 8 }, "blind guess"));
    const slider = make("input", { type: "range", min: 0, max: right.length - 1, value: 2, "aria-label": "Scale" });
    const words = said();
    const show = () => {
      const k = Number(slider.value);
      const told = trusted(right, chance, k);
      svg.querySelectorAll(".bar").forEach((bar, i) => bar.classList.toggle("now", i === k));
      slider.setAttribute("aria-valuetext", told.bold);
      words.replaceChildren(make("b", {}, told.bold), told.tail, make("span", { className: "mut" }, ` (${searches} groups of candidates, all drawn to the end)`));
    };
    slider.addEventListener("input", show);
    figure("later").append(svg, slider, words, opening(search.scales[6].state, "Open the first pick by reward, at scale 6, in the app"));
    show();
  }

  function cost() {
    const { full } = priced(data.cost);
    const all = data.cost.one.map((value) => value * full);
    const top = Math.max(...all);
    const svg = bars(all, top, { "aria-label": "Work of each scale: all candidates in full, the search, and one picture" });
    const step = W / all.length;
    const spent = all.map((value, i) => {
      const part = drawn("rect", { class: "now", x: i * step + 4, width: step - 8, rx: 5 });
      const count = drawn("text", { x: (i + 0.5) * step, y: H - (value / top) * H - 8, "text-anchor": "middle" });
      svg.append(part, count);
      return { part, count };
    });
    const slider = make("input", { type: "range", min: -2, max: 7, value: 0, "aria-label": "When the decisions fall" });
    const words = said();
    const show = () => {
      const by = Number(slider.value);
      const plan = delayed(data.cost, by);
      plan.search.forEach((value, i) => {
        const height = Math.max(2, (value / top) * H);
        spent[i].part.setAttribute("y", `${H - height}`);
        spent[i].part.setAttribute("height", `${height}`);
        spent[i].count.textContent = `${plan.alive[i]}`;
      });
      const told = `Decisions ${when(by)}: the search takes ${priced(plan).ratio.toFixed(1)} times the drawing of one picture`;
      slider.setAttribute("aria-valuetext", told);
      words.replaceChildren(make("b", {}, told), `, not ${full} times. Blue is what it draws, grey what ${full} full pictures would take; on top of each bar is how many candidates are drawn. Looking and grading come on top.`);
    };
    slider.addEventListener("input", show);
    figure("cost").append(svg, slider, words, opening(search.scales[9].state, "Open the last decision, at scale 9, in the app"));
    show();
  }

  draw();
  look();
  clusters();
  if (data.later) later(); else figure("later").remove();
  if (data.cost) cost(); else figure("cost").remove();
})();
