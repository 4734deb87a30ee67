// @ts-check
// Guessing alone (the question of the day), as a player of a room, or as the teacher who runs it.
(() => {
  const data = JSON.parse(document.querySelector("#data")?.textContent || "{}");
  const { WHO, LABELS, means, against, told } = /** @type {any} */ (globalThis).ttsvarTally;
  const asked = new URLSearchParams(location.search);
  const play = document.querySelector("#play");
  const lesson = document.querySelector("#class");
  const SVG = "http://www.w3.org/2000/svg";
  const COLORS = { people: "var(--ac)", method: "#00A37A", reward: "#D98200", chance: "var(--mut)" };
  const keeper = (storage) => ({
    get(key, otherwise) { try { return JSON.parse(storage().getItem(key)) ?? otherwise; } catch { return otherwise; } },
    set(key, value) { try { storage().setItem(key, JSON.stringify(value)); } catch { /* it lasts as long as the page */ } },
  });
  const kept = keeper(() => localStorage);
  const tab = keeper(() => sessionStorage);

  let dark = matchMedia("(prefers-color-scheme: dark)").matches;
  try { dark = (localStorage.getItem(data.theme) || (dark ? "dark" : "light")) === "dark"; } catch { /* as the system */ }
  document.documentElement.classList.toggle("dark", dark);

  /** @returns {any} */
  function make(tag, own = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(own)) {
      if (name in element) element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== ""));
    return element;
  }
  function say(words) { document.querySelector(".err").textContent = words; }
  async function ask(path, body) {
    const answer = await fetch(`guess/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const values = await answer.json().catch(() => ({ error: "The server did not answer. Try again." }));
    if (!answer.ok) throw new Error(values.error || "The server did not answer. Try again.");
    return values;
  }
  const careful = (work) => async (...given) => {
    say("");
    try { return await work(...given); } catch (error) { say(error instanceof TypeError ? "The server did not answer. Try again." : error.message); return null; }
  };

  // Eight pictures: blurs to pick from, or the finished ones with who took them.
  function board(puzzle, { picked = null, choose = null, picks = null } = {}) {
    const over = Boolean(puzzle.points);
    const grid = make("div", { className: "eight" });
    puzzle.blurs.forEach((blur, i) => {
      const marks = make("span", { className: "marks" });
      const mark = (words, name = "") => marks.append(make("span", { className: name }, words));
      if (over) {
        if (i === picked) mark("yours", "own");
        if (puzzle.points[i] === 2) mark("best");
        else if (puzzle.points[i] === 1) mark("right");
        if (i === puzzle.method) mark("search");
        if (i === puzzle.favourite) mark("reward");
        if (picks?.[i]) mark(`${picks[i]} of you`);
        const kind = make("span", {}, `kind ${puzzle.kinds[i]}`);
        kind.style.borderColor = puzzle.colors[i];
        marks.append(kind);
      }
      const words = over ? `Picture ${i + 1}, finished: ${marks.textContent || "not right"}` : `Picture ${i + 1}, just begun`;
      const card = make("button", { type: "button", className: `pick${over && puzzle.points[i] === 2 ? " best" : ""}`, disabled: over || !choose, "aria-label": words, "aria-pressed": String(i === picked) },
        make("img", { src: over ? puzzle.ends[i] : blur, alt: "" }), make("span", { className: "number" }, `${i + 1}`), over ? marks : "");
      if (choose) card.addEventListener("click", () => choose(i));
      grid.append(card);
    });
    return [make("p", { className: "prompt" }, `“${puzzle.prompt}”`), grid];
  }

  // Points by round: bars for people, search, reward and chance.
  function chart(rounds, people) {
    const place = document.querySelector("#tally figure");
    const all = means(rounds);
    document.querySelector("#tally").hidden = !all;
    if (!all) return;
    const [width, height] = [760, 180];
    const shown = rounds.filter((round) => round.people !== null).slice(-12);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height + 30}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `Mean points: ${WHO.map((who) => `${who === "people" ? people : LABELS[who]} ${all[who].toFixed(2)}`).join(", ")}`);
    const step = width / Math.max(shown.length, 4);
    const bar = Math.min(26, step / 5);
    const add = (tag, own, text = "") => {
      const part = document.createElementNS(SVG, tag);
      for (const [name, value] of Object.entries(own)) part.setAttribute(name, String(value));
      part.textContent = text;
      svg.append(part);
    };
    shown.forEach((round, turn) => {
      WHO.forEach((who, i) => {
        const high = Math.max(3, (round[who] / 2) * height);
        add("rect", { x: turn * step + i * (bar + 2), y: height - high, width: bar, height: high, rx: 4, style: `fill: ${COLORS[who]}` });
      });
      add("text", { x: turn * step, y: height + 24 }, `${turn + 1}`);
    });
    const legend = make("ul", { className: "legend" }, ...WHO.map((who) => {
      const swatch = make("i");
      swatch.style.background = COLORS[who];
      return make("li", {}, swatch, `${who === "people" ? people : LABELS[who]} ${all[who].toFixed(2)}`);
    }));
    const { won, tied, lost } = against(rounds);
    place.replaceChildren(legend, svg, make("p", { className: "said" }, `Against the search: ahead in ${won}, level in ${tied}, behind in ${lost}.`));
  }

  const history = () => kept.get(data.kept, []);
  const button = (words, then, name = "") => {
    const made = make("button", { type: "button", className: name }, words);
    made.addEventListener("click", careful(then));
    return made;
  };

  // Alone: today's question, and further ones.
  async function alone(turn) {
    play.replaceChildren(make("p", { className: "mut" }, "Drawing eight pictures to their end. The first time this takes some seconds."));
    const { day, puzzle } = await ask("question", { turn });
    const before = history().find((entry) => entry.day === day && entry.turn === turn);
    const show = careful(async (row) => {
      const { puzzle: whole } = await ask("question", { turn, answer: true });
      if (!before) kept.set(data.kept, [...history(), { day, turn, row, people: whole.points[row], method: whole.method_points, reward: whole.favourite_points, chance: whole.chance_points }].slice(-200));
      play.replaceChildren(...board(whole, { picked: row }), make("p", { className: "verdict" }, told(whole, row)),
        make("div", { className: "row" }, button("Another one", () => alone(turn + 1), "go"), make("a", { href: `./?run=${whole.run}` }, "Watch how the search decided")));
      chart(history(), "you");
    });
    if (before) { await show(before.row); return; }
    play.replaceChildren(make("p", { className: "mut" }, turn ? `Question ${turn + 1} of today` : "The question of today"), ...board(puzzle, { choose: show }));
    chart(history(), "you");
  }

  function offerRoom() {
    const prompt = make("input", { name: "prompt", placeholder: "left empty: one of today’s", maxLength: 300 });
    const seed = make("input", { name: "seed", type: "number", min: 0, value: "0" });
    const form = make("form", {}, make("label", {}, "Prompt", prompt), make("label", { className: "short" }, "Seed", seed), make("button", { type: "submit" }, "Open a room for a class"));
    form.addEventListener("submit", careful(async (event) => {
      event.preventDefault();
      const room = await ask("rooms", { do: "open", prompt: prompt.value, seed: Number(seed.value) });
      tab.set(`${data.kept}-${room.code}`, room.key);
      location.search = `?teach=${room.code}`;
    }));
    const code = make("input", { name: "code", maxLength: 4, autocapitalize: "characters", autocomplete: "off" });
    const join = make("form", {}, make("label", {}, "Code of a room", code), make("button", { type: "submit" }, "Join"));
    join.addEventListener("submit", (event) => { event.preventDefault(); location.search = `?room=${encodeURIComponent(code.value)}`; });
    lesson.replaceChildren(make("h2", {}, "With a class"), make("p", { className: "mut" }, "Everybody picks on their own phone, in the same network; then all see how the eight ended."), join, make("div", { style: "height: 16px" }), form);
  }

  // A room, asked every two seconds; drawn again only where something has changed.
  function follow(query, draw) {
    let last = "";
    const turn = async () => {
      try {
        const room = await ask("rooms", query());
        // Who plays is not interrupted where only others have picked.
        const now = JSON.stringify(query().key ? room : { ...room, picked: 0, players: 0 });
        if (now !== last) draw(room);
        last = now;
        say("");
      } catch (error) { say(error instanceof TypeError ? "The server did not answer." : error.message); }
    };
    const again = async () => { await turn(); setTimeout(again, 2000); };
    again();
    return turn;
  }
  function scores(room) {
    const list = make("ol", { className: "scores" }, ...room.scores.map((one) => make("li", {}, `${one.name}: ${one.points}`)));
    return room.rounds.length ? [make("h2", {}, "Scores"), list] : [];
  }

  function player(code) {
    const place = `${data.kept}-player-${code.toUpperCase()}`;
    const enter = () => {
      const name = make("input", { name: "name", maxLength: 20, autocomplete: "nickname" });
      const form = make("form", {}, make("label", {}, "Your name, if you like", name), make("button", { type: "submit", className: "go" }, "Join"));
      form.addEventListener("submit", careful(async (event) => {
        event.preventDefault();
        const room = await ask("rooms", { do: "join", code, name: name.value });
        tab.set(place, room.player);
        start();
      }));
      play.replaceChildren(make("p", { className: "prompt" }, `Room ${code.toUpperCase()}`), form);
    };
    function start() {
      const id = tab.get(place, "");
      const now = follow(() => ({ do: "look", code, player: id }), (room) => {
        const choose = room.revealed ? null : careful(async (row) => { await ask("rooms", { do: "pick", code, player: id, row }); await now(); });
        const status = room.revealed ? (room.mine === null ? "You did not pick this time." : told(room.puzzle, room.mine)) : room.mine === null ? "Pick one." : `You took ${room.mine + 1}. You may still change it.`;
        play.replaceChildren(make("p", { className: "mut" }, `Round ${room.round}`), ...board(room.puzzle, { picked: room.mine, choose, picks: room.picks }), make("p", { className: "verdict" }, status), ...scores(room));
        chart(room.rounds, "all of you");
      });
    }
    if (tab.get(place, "")) start(); else enter();
  }

  function teacher(code) {
    document.body.classList.add("taught");
    const key = tab.get(`${data.kept}-${code}`, "");
    const send = (body) => ask("rooms", { code, key, ...body });
    const now = follow(() => ({ do: "look", code, key }), (room) => {
      const scan = make("div");
      // A phone cannot reach an address of this computer alone.
      scan.innerHTML = room.local === "true" ? "" : room.scan;
      const where = room.local === "true" ? "Only this computer can join: start the app with --host 0.0.0.0 for the room." : room.url;
      const join = make("div", { className: "join" }, scan, make("div", {}, make("p", { className: "mut" }, room.scan && room.local !== "true" ? "Scan, or go to the address and type" : "Go to the address and type"), make("strong", {}, room.code), make("p", {}, where)));
      const act = room.revealed ? "" : button(`Reveal (${room.picked} of ${room.players} have picked)`, async () => { await send({ do: "reveal" }); await now(); }, "go");
      play.replaceChildren(join, make("p", { className: "mut" }, `Round ${room.round}`), ...board(room.puzzle, { picks: room.picks }), make("div", { className: "row", style: "margin-top: 16px" }, act), ...scores(room));
      chart(room.rounds, "the class");
    });
    const prompt = make("input", { name: "prompt", placeholder: "left empty: one of today’s", maxLength: 300 });
    const seed = make("input", { name: "seed", type: "number", min: 0, value: "1" });
    const form = make("form", {}, make("label", {}, "Prompt", prompt), make("label", { className: "short" }, "Seed", seed), make("button", { type: "submit" }, "Next round"));
    let turn = 0;
    form.addEventListener("submit", careful(async (event) => {
      event.preventDefault();
      turn += 1;
      await send({ do: "next", prompt: prompt.value, seed: Number(seed.value), turn });
      seed.value = String(Number(seed.value) + 1);
      await now();
    }));
    lesson.replaceChildren(make("h2", {}, "Next round"), form);
  }

  if (asked.get("teach")) teacher(asked.get("teach"));
  else if (asked.get("room")) player(asked.get("room"));
  else { offerRoom(); careful(alone)(0); }
})();
