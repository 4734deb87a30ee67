import assert from "node:assert/strict";
import { test } from "node:test";

import { empty, snippet } from "./snippet.js";

const { POTENTIAL } = snippet("ui/panels/resampling/resampling.js", ["POTENTIAL"], empty());

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
