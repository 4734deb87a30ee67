import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { chances } = load("ui/panels/resampling/chances.js");
const { POTENTIAL } = chances;
const near = (got, wanted) => got.forEach((p, i) => assert.ok(Math.abs(p - wanted[i]) < 1e-12, `${got} is not ${wanted}`));
const card = (now, past = [], carried = 0) => ({ now, past, carried });

test("potentials read the rewards of a lineage as the search does", () => {
  const past = [0.5, null, -1];
  assert.equal(POTENTIAL.value(past, 0.25), 0.25);
  assert.equal(POTENTIAL.max(past, 0.25), 0.5);
  assert.equal(POTENTIAL.sum(past, 0.25), -0.25);
  assert.equal(POTENTIAL.diff(past, 0.25), 1.25);
});

test("the first reward of a lineage is its own potential", () => {
  for (const kind of Object.keys(POTENTIAL)) assert.equal(POTENTIAL[kind]([null, null], -0.75), -0.75, kind);
});

test("chances are a softmax, alike at lambda 0, and never overflow", () => {
  const cards = [card(0), card(Math.log(3))];
  near(chances.chances(cards, "value", 1), [0.25, 0.75]);
  near(chances.chances(cards, "value", 0), [0.5, 0.5]);
  near(chances.chances([card(1000), card(0)], "value", 50), [1, 0]);
});

test("weights that were carried along count, and without a reward there is no chance", () => {
  near(chances.chances([card(0, [], Math.log(3)), card(0)], "value", 1), [0.75, 0.25]);
  near(chances.chances([card(null), card(0)], "value", 1), [0, 1]);
  near(chances.chances([card(null), card(null)], "value", 1), [0.5, 0.5]);
});

test("the effective number is all where chances are alike, and one where one takes all", () => {
  assert.equal(chances.effective([0.25, 0.25, 0.25, 0.25]), 4);
  assert.equal(chances.effective([1, 0, 0]), 1);
});

test("a draw takes whom the numbers fall on, with replacement, and nobody without a chance", () => {
  const numbers = [0.1, 0.3, 0.95, 0.999999];
  assert.deepEqual(chances.draw([0.2, 0.7, 0.1, 0], 4, () => numbers.shift()), [1, 1, 2, 0]);
  assert.deepEqual(chances.draw([0.5, 0.5 - 1e-12, 0], 1, () => 1 - 1e-13), [0, 1, 0], "rounding leaves no gap");
});
