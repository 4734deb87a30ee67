// @ts-check
// Plans as the lab moves them: { start, steps: [{ kind, scale, keep }] }; pure functions.
window.ttsvar.define("lab", () => {
  /** The plan of a text such as "8 cluster:2:6 resample:6:2". */
  function parse(text) {
    const [start, ...rest] = text.split(" ");
    const steps = rest.map((word) => word.split(":")).map(([kind, scale, keep]) => ({ kind, scale: Number(scale), keep: Number(keep) }));
    return { start: Number(start), steps };
  }

  /** The scale where a decision may go: the wanted one, or the next free one on the way back to where it was. */
  function free(plan, index, wanted) {
    const taken = new Set(plan.steps.filter((_, i) => i !== index).map((s) => s.scale));
    const from = plan.steps[index].scale;
    let scale = wanted;
    while (taken.has(scale) && scale !== from) scale += Math.sign(from - wanted);
    return scale;
  }

  /** The plan with one decision at another scale. */
  const moved = (plan, index, wanted) => ({
    ...plan,
    steps: plan.steps.map((s, i) => (i === index ? { ...s, scale: free(plan, index, wanted) } : s)),
  });

  /** The plan as it can be run: nobody comes back, so no decision keeps more than are alive before it. */
  function possible(plan) {
    let alive = plan.start;
    const kept = new Map();
    for (const step of [...plan.steps].sort((a, b) => a.scale - b.scale)) {
      alive = Math.max(1, Math.min(step.keep, alive));
      kept.set(step, alive);
    }
    return { start: plan.start, steps: plan.steps.map((s) => ({ ...s, keep: kept.get(s) })) };
  }

  /** How many are alive after each scale. */
  function batch(plan, scales) {
    const kept = new Map(plan.steps.map((s) => [s.scale, s.keep]));
    let alive = plan.start;
    return Array.from({ length: scales }, (_, k) => (alive = kept.get(k) ?? alive));
  }

  return { parse, moved, possible, batch };
});
