// @ts-check
// The large view's question to the model: where a candidate answers to its prompt, in place of its map.
window.ttsvar.define("answers", () => {
  /** Ask, and show the answer; `back` shows the candidate as it is now, which a second press does alone. */
  return async ({ button, facts, map, now, back }, knowledge) => {
    const pressed = button.getAttribute("aria-pressed") === "true";
    back();
    if (pressed) return;
    const which = now();
    facts.textContent = "Asking the model \u2026";
    const known = await knowledge(Number(which.dataset.i)).catch(() => ({}));
    if (now() !== which) return;
    back();
    facts.textContent = known.told || "This could not be told.";
    if (!known.map) return;
    Object.assign(map, { src: known.map, alt: `Where ${which.dataset.name} answers to the prompt` });
    button.setAttribute("aria-pressed", "true");
  };
});
