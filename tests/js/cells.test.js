import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { cells } = load("ui/panels/redraw/cells.js");
const none = Array(9).fill(false);

test("what is marked is drawn anew, or stays while the rest is", () => {
  assert.deepEqual(cells.kept([true, false, false], false), [0, 1, 1]);
  assert.deepEqual(cells.kept([true, false, false], true), [1, 0, 0]);
});

test("arrow keys move within the picture", () => {
  assert.deepEqual(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((key) => cells.moved(4, key, 3)), [3, 5, 1, 7]);
  assert.deepEqual(["ArrowLeft", "ArrowUp"].map((key) => cells.moved(0, key, 3)), [0, 0]);
  assert.deepEqual(["ArrowRight", "ArrowDown"].map((key) => cells.moved(8, key, 3)), [8, 8]);
});

test("a drag sets a box, in any direction, and leaves the rest", () => {
  const there = [false, true, true, false, true, true, false, false, false];
  assert.deepEqual(cells.boxed(none, 1, 5, true, 3), there);
  assert.deepEqual(cells.boxed(none, 5, 1, true, 3), there);
  assert.deepEqual(cells.boxed(there, 1, 2, false, 3), [false, false, false, false, true, true, false, false, false]);
});
