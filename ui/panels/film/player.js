// @ts-check
// Plays a film of a search: candidates keep their places, gather into clusters, are drawn, split and leave.
{
  const { reel, tiles, still } = window.ttsvar;
  const SPEEDS = [1, 2, 4, 0.5];
  const GONE = 600;
  const MOVE = { duration: 550, easing: "cubic-bezier(.3, .1, .2, 1)" };

  /** Where a tile is seen now, on its way or not; null before it was put anywhere. */
  function stands(node) {
    if (!node.style.transform) return null;
    const { a, e, f } = new DOMMatrix(getComputedStyle(node).transform);
    return { x: e, y: f, side: a * parseFloat(node.style.width) };
  }

  /** Tiles are laid out once, where they go, and come there from where they were seen: no frame lays anything out. */
  function put(places) {
    const before = places.map(({ node }) => (still() ? null : stands(node)));
    places.forEach(({ node, at: { x, y }, side }, i) => {
      const [left, top, from] = [x + tiles.EDGE, y + tiles.EDGE, before[i]];
      const there = `translate(${left}px, ${top}px)`;
      node.style.transform = there;
      node.style.width = `${side}px`;
      node.getAnimations().filter((way) => way.id === "way").forEach((way) => way.cancel());
      if (!from || (Math.abs(from.x - left) < 1 && Math.abs(from.y - top) < 1 && Math.abs(from.side - side) < 1)) return;
      const start = `translate(${from.x}px, ${from.y}px) scale(${from.side / side})`;
      node.animate([{ transform: start }, { transform: there }], { ...MOVE, id: "way" });
    });
  }

  class Player {
    index = 0;
    deciding = false;
    speed = 1;
    timer = 0;
    /** The tile of each track that is on the screen. */
    drawn = new Map();
    /** The tile of what one draw gives, where the winner stands beside it. */
    beside = null;

    /** `box` is filled; `moved` hears of every moment that is shown. */
    constructor(box, film, { moved }) {
      this.box = box;
      this.film = film;
      this.moved = moved;
      this.tracks = reel.tracks(film.frames);
      box.replaceChildren();
      this.show({ index: 0, deciding: false });
      this.sight = new ResizeObserver(() => this.lay());
      this.sight.observe(box);
    }

    get frame() { return this.film.frames[this.index]; }
    get playing() { return this.timer !== 0; }

    play() {
      const end = reel.following(this.film.frames, this) === null;
      if (end) this.show({ index: 0, deciding: false });
      this.wait();
      this.moved(this);
    }

    pause() {
      clearTimeout(this.timer);
      this.timer = 0;
      this.moved(this);
    }

    wait() {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.next(), reel.lasts(this.frame, this.deciding, this.speed));
    }

    next() {
      if (!this.box.isConnected) { this.close(); return; }
      const then = reel.following(this.film.frames, this);
      if (!then) { this.pause(); return; }
      this.show(then);
      this.wait();
    }

    /** Stand at a frame: a pause there shows what it decides. */
    seek(index) {
      const at = Math.max(0, Math.min(this.film.frames.length - 1, index));
      const deciding = !this.playing && reel.decides(this.film.frames[at]);
      this.show({ index: at, deciding });
      if (this.playing) this.wait();
    }

    faster() { this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length]; this.moved(this); }

    close() { clearTimeout(this.timer); this.timer = 0; this.sight.disconnect(); }

    show({ index, deciding }) {
      const from = this.index;
      this.index = index;
      this.deciding = deciding;
      this.people(from);
      this.lay();
      this.moved(this);
    }

    /** A tile for each candidate of the frame; who is new begins where its parent lies, who is gone leaves. */
    people(from) {
      const { frame, drawn } = this;
      const here = this.tracks[this.index];
      for (const [track, node] of drawn) if (!here.includes(track)) this.leave(track, node, this.index > from);
      const last = this.index === this.film.frames.length - 1;
      frame.cards.forEach((card, row) => {
        const track = here[row];
        if (!drawn.has(track)) {
          const node = tiles.tile(card);
          const parent = this.index === from + 1 ? drawn.get(this.tracks[from][card.parent]) : null;
          if (parent) { node.style.transform = parent.style.transform; node.style.width = parent.style.width; }
          drawn.set(track, node);
          this.box.append(node);
          if (!parent && !still()) node.animate([{ opacity: 0 }, { opacity: 1 }], 220);
        }
        tiles.paint(drawn.get(track), card, { deciding: this.deciding, decision: frame.decision, last });
      });
    }

    leave(track, node, seen) {
      this.drawn.delete(track);
      if (!seen || still()) { node.remove(); return; }
      node.classList.add("leaving");
      node.style.transform += " translateY(60px) scale(.6)";
      setTimeout(() => node.remove(), GONE);
    }

    /** Put every tile where it belongs at this moment. */
    lay() {
      const { box, frame, deciding } = this;
      const told = deciding && frame.decision === "resample";
      const size = { width: box.clientWidth - 2 * tiles.EDGE, height: box.clientHeight - 2 * tiles.EDGE - (frame.decision === "resample" ? 58 : 0) };
      if (size.width <= 0 || size.height <= 0) return;
      const here = this.tracks[this.index];
      box.querySelectorAll(".shares, .group").forEach((node) => node.remove());
      this.beside?.remove();
      if (this.compared) this.compare(size, here);
      else if (deciding && frame.decision === "cluster") this.gather(size, here);
      else {
        const { side, at } = reel.grid(frame.room, size);
        put(frame.cards.map((card, row) => ({ node: this.drawn.get(here[row]), at: at(card.place), side })));
      }
      if (told) box.append(tiles.shares(frame));
    }

    /** Whether the winner stands beside what one draw gives. */
    get compared() {
      return Boolean(this.deciding && this.film.once && this.frame.cards.some((card) => card.winner));
    }

    compare(size, here) {
      const { side, at } = reel.grid(2, size);
      put(this.frame.cards.map((card, row) => ({ node: this.drawn.get(here[row]), at: at(card.winner ? 0 : card.place), side })));
      const { once } = this.film;
      this.beside = tiles.tile({ ...once, color: "var(--mut)" });
      tiles.paint(this.beside, { ...once, name: "drawn once", count: 1 }, {});
      this.box.append(this.beside);
      put([{ node: this.beside, at: at(1), side }]);
    }

    gather(size, here) {
      const { side, spots, boxes } = reel.gathered(reel.clusters(this.frame.cards), size);
      for (const group of boxes) this.box.prepend(tiles.group(group));
      put([...spots].map(([row, at]) => ({ node: this.drawn.get(here[row]), at, side })));
    }
  }

  window.ttsvar.define("player", () => (box, film, heard) => new Player(box, film, heard));
}
