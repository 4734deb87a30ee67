// @ts-check
// Which of several boxes lies beside one, in the direction of an arrow key.
window.ttsvar.define("neighbours", () => {
  const TURNS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  /** The index of the nearest box { x, y } that way, where what lies aside counts double; -1 where there is none. */
  function neighbour(from, boxes, key) {
    const [right, down] = TURNS[key];
    let best = -1;
    let least = Infinity;
    boxes.forEach((box, i) => {
      const dx = box.x - from.x;
      const dy = box.y - from.y;
      const along = dx * right + dy * down;
      const cost = along + 2 * (Math.abs(dx * down) + Math.abs(dy * right));
      if (along > 2 && cost < least) { best = i; least = cost; }
    });
    return best;
  }

  return { neighbour };
});
