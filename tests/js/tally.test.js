import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

new Function(readFileSync(new URL("../../ui/pages/guess/tally.js", import.meta.url), "utf8"))();
const { means, against, told } = globalThis.ttsvarTally;
const round = (people, method) => ({ people, method, reward: 0, chance: 0.5 });

test("means are over the rounds in which somebody picked", () => {
  assert.equal(means([]), null);
  assert.equal(means([round(null, 2)]), null);
  assert.deepEqual(means([round(2, 1), round(0, 2), round(null, 2)]), { people: 1, method: 1.5, reward: 0, chance: 0.5 });
});

test("people are ahead of the search, level with it or behind it round by round", () => {
  assert.deepEqual(against([round(2, 1), round(1, 1), round(0, 1), round(0, 2), round(null, 0)]), { won: 1, tied: 1, lost: 2 });
});

test("a pick is told with the points of everybody", () => {
  const puzzle = { points: [2, 0], method_points: 2, favourite_points: 0, chance_points: 0.88 };
  assert.equal(told(puzzle, 1), "Not this one. You: 0. The search: 2, the early reward: 0, chance: 0.88.");
  assert.match(told(puzzle, 0), /^The best of the eight!/);
});
