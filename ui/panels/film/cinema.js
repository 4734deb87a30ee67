// @ts-check
// What a film is steered with: buttons, a line to move along, and keys; the film is fetched when it is first wanted.
window.ttsvar.define("cinema", ({ player, still }) => {
  /** `root` is what ui/panels/film/view.py makes; `load` gives the film, `shows` hears whenever it comes into view. */
  function cinema(root, { load, shows = null }) {
    const part = (selector) => root.querySelector(selector);
    const steer = (verb) => part(`[data-film="${verb}"]`);
    const line = part("input");
    let reel = null;
    let coming = null;

    function moved({ frame, index, playing, speed, film, compared }) {
      root.classList.toggle("playing", playing);
      steer("play").setAttribute("aria-label", playing ? "Pause" : "Play");
      steer("speed").textContent = `${speed}\u00d7`;
      steer("speed").setAttribute("aria-label", `Speed ${speed}\u00d7`);
      line.max = String(film.frames.length - 1);
      line.value = String(index);
      line.style.setProperty("--done", `${(100 * index) / Math.max(1, film.frames.length - 1)}%`);
      line.setAttribute("aria-valuetext", frame.title);
      root.dataset.at = frame.at;
      root.dataset.scale = String(frame.scale);
      const told = part(".told");
      told.setAttribute("aria-live", playing ? "off" : "polite");
      const title = compared ? "Did the search help?" : frame.title;
      if (told.querySelector("h3").textContent === title) return;
      told.querySelector("h3").textContent = title;
      told.querySelector("p").textContent = compared ? film.once.told : frame.told;
    }

    /** The player, once there is a film; what was asked for meanwhile is done then. */
    function ready(then) {
      if (reel) { then(reel); return; }
      coming ||= load().then((film) => {
        if (!film?.frames?.length || !root.isConnected) return null;
        const start = Number(line.value);
        root.classList.add("open");
        reel = player(part(".screen"), film, { moved });
        if (start) reel.seek(start);
        shows?.();
        return reel;
      }).catch(() => { coming = null; return null; });
      coming.then((made) => made && then(made));
    }

    const toggle = () => ready((film) => (film.playing ? film.pause() : film.play()));
    const step = (by) => ready((film) => { film.pause(); film.seek(film.index + by); });
    const verbs = { play: toggle, back: () => step(-1), on: () => step(1), speed: () => ready((film) => film.faster()) };
    root.addEventListener("click", (event) => verbs[event.target.closest("[data-film]")?.dataset.film]?.());
    line.addEventListener("input", () => { const to = Number(line.value); ready((film) => film.seek(to)); });

    return {
      root,
      toggle,
      step,
      begin: () => ready((film) => { if (!still()) film.play(); else film.seek(0); }),
      pause: () => reel?.pause(),
      close() { reel?.close(); reel = coming = null; root.classList.remove("open", "playing"); },
    };
  }

  const FIELDS = "input:not([type=range]), textarea, select, [contenteditable], [role=listbox], [role=tab]";
  const PRESSED = "button, a, summary, [role=button]";

  /** Space plays and pauses, arrows step: wherever no field and no button has the focus. */
  function keys(now) {
    document.addEventListener("keydown", (event) => {
      const film = now();
      if (!film || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      const target = event.target;
      const ours = film.root.contains(target);
      if (target.closest?.(FIELDS) || (!ours && (target.closest?.(PRESSED) || target !== document.body))) return;
      if (event.key === " " && !target.closest?.(PRESSED)) film.toggle();
      else if (event.key === "ArrowLeft") film.step(-1);
      else if (event.key === "ArrowRight") film.step(1);
      else return;
      event.preventDefault();
    });
  }

  return { cinema, keys };
});
