import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { neighbours } = load("ui/panels/lineage/neighbours.js");
const grid = [];
for (const y of [0, 30, 60]) for (const x of [0, 70, 140]) grid.push({ x, y });
const from = (i, key) => neighbours.neighbour(grid[i], grid, key);

test("an arrow leads to the box beside", () => {
  assert.deepEqual(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((key) => from(4, key)), [3, 5, 1, 7]);
});

test("at the edge there is none", () => {
  assert.equal(from(0, "ArrowLeft"), -1);
  assert.equal(from(8, "ArrowDown"), -1);
});

test("what lies straight ahead comes before what is nearer but aside", () => {
  const boxes = [{ x: 0, y: 0 }, { x: 60, y: 40 }, { x: 100, y: 0 }];
  assert.equal(neighbours.neighbour(boxes[0], boxes, "ArrowRight"), 2);
});
