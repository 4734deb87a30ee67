import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

new Function(readFileSync(new URL("../../ui/pages/learn/figures.js", import.meta.url), "utf8"))();
const { lineOf, highest, trusted, priced, delayed, when } = globalThis.ttsvarFigures;

test("a winner is followed back through copies to the row it began in", () => {
  const scales = [{ kept: [0, 1, 2] }, { kept: [2, 2] }, { kept: [1] }];
  assert.deepEqual(lineOf({ best: 0, scales }), [2, 2, 1]);
});

test("as many as are kept have the highest reward", () => {
  assert.deepEqual(highest([0.1, 0.9, -1, 0.5], 2), [1, 3]);
});

test("how far a reward can be trusted is said with its number", () => {
  assert.match(trusted([0.19, 0.14], 0.125, 1).bold, /wins 14 times in 100/);
  assert.match(trusted([0.19, 0.14], 0.125, 1).tail, /little better than a blind guess/);
  assert.match(trusted([0.72], 0.125, 0).tail, /worth listening to/);
});

test("a search is priced against one picture", () => {
  assert.deepEqual(priced({ alive: [8, 2, 1], search: [8, 4, 4], one: [1, 2, 4] }), { ratio: 16 / 7, full: 8, last: 1 });
});

test("decisions that wait cost more, and those of the paper what was measured", () => {
  const cost = { alive: [8, 2, 1], search: [8, 4, 4], one: [1, 2, 4] };
  assert.deepEqual(delayed(cost, 0).search, cost.search);
  assert.deepEqual(delayed(cost, 1).alive, [8, 8, 2]);
  assert.deepEqual(delayed(cost, -1).alive, [2, 1, 1]);
  assert.deepEqual([-2, -1, 0, 1].map(when), ["2 scales earlier", "1 scale earlier", "as in the paper", "1 scale later"]);
});
