import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { lab } = load("ui/panels/trust/lab.js");
const PAPER = "8 cluster:2:6 cluster:5:4 resample:6:2 resample:9:1";

test("a plan says how many are alive after each scale", () => {
  assert.deepEqual(lab.batch(lab.parse(PAPER), 13), [8, 8, 6, 6, 6, 4, 2, 2, 2, 1, 1, 1, 1]);
});

test("a decision goes where no other one is", () => {
  const plan = lab.parse(PAPER);
  assert.equal(lab.moved(plan, 0, 4).steps[0].scale, 4);
  assert.equal(lab.moved(plan, 0, 5).steps[0].scale, 4, "back from where another one stands");
  assert.equal(lab.moved(plan, 1, 6).steps[1].scale, 5, "and stays where there is no place between");
  assert.equal(lab.moved(plan, 3, 0).steps[3].scale, 0);
});

test("nobody comes back, in whatever order the decisions stand", () => {
  const plan = lab.possible(lab.moved(lab.parse(PAPER), 3, 0));
  assert.deepEqual(plan.steps.map((s) => s.keep), [1, 1, 1, 1]);
  assert.deepEqual(lab.possible({ ...lab.parse(PAPER), start: 3 }).steps.map((s) => s.keep), [3, 3, 2, 1]);
});
