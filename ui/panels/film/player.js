// @ts-check
// Plays a film of a search: candidates keep their places, gather into clusters, are drawn, split and leave.
{
  const { reel, tiles, still } = window.ttsvar;
  const SPEEDS = [1, 2, 4, 0.5];
  const GONE = 600;
  const place = (node, { x, y }, side) => { node.style.transform = `translate(${x + tiles.EDGE}px, ${y + tiles.EDGE}px)`; node.style.width = `${side}px`; };

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
          if (parent) node.getBoundingClientRect();
          else if (!still()) node.animate([{ opacity: 0 }, { opacity: 1 }], 220);
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
        frame.cards.forEach((card, row) => place(this.drawn.get(here[row]), at(card.place), side));
      }
      if (told) box.append(tiles.shares(frame));
    }

    /** Whether the winner stands beside what one draw gives. */
    get compared() {
      return Boolean(this.deciding && this.film.once && this.frame.cards.some((card) => card.winner));
    }

    compare(size, here) {
      const { side, at } = reel.grid(2, size);
      this.frame.cards.forEach((card, row) => place(this.drawn.get(here[row]), at(card.winner ? 0 : card.place), side));
      const { once } = this.film;
      this.beside = tiles.tile({ ...once, color: "var(--mut)" });
      tiles.paint(this.beside, { ...once, name: "drawn once", count: 1 }, {});
      place(this.beside, at(1), side);
      this.box.append(this.beside);
    }

    gather(size, here) {
      const { side, spots, boxes } = reel.gathered(reel.clusters(this.frame.cards), size);
      for (const group of boxes) this.box.prepend(tiles.group(group));
      for (const [row, spot] of spots) place(this.drawn.get(here[row]), spot, side);
    }
  }

  window.ttsvar.define("player", () => (box, film, heard) => new Player(box, film, heard));
}
