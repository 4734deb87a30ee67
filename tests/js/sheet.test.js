import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { sheet } = load("ui/panels/stage/sheet.js");
const card = (place, letter, reward, changes = {}) => ({ place, letter, reward, p: 0, count: 1, ...changes });
const cards = [card(0, "B", 0.1), card(1, "A", 0.2), card(2, "B", 0.9, { count: 0 }), card(3, "AA", 0.5, { p: 1 })];
const rows = (way) => [0, 1, 2, 3].sort((a, b) => sheet.order(cards, way).at[a] - sheet.order(cards, way).at[b]);

test("candidates lie in their places, by reward, by chance, or by cluster with the best first", () => {
  assert.deepEqual(rows("place"), [0, 1, 2, 3]);
  assert.deepEqual(rows("reward"), [2, 3, 1, 0]);
  assert.deepEqual(rows("chance"), [3, 0, 1, 2]);
  assert.deepEqual(rows("cluster"), [1, 2, 0, 3]);
});

test("a cluster's line stands right before its first candidate", () => {
  const { at, lines } = sheet.order(cards, "cluster");
  assert.deepEqual(lines, { A: at[1] - 1, B: at[2] - 1, AA: at[3] - 1 });
  assert.deepEqual(sheet.order(cards, "reward").lines, {});
});

test("what is kept of a cluster is counted", () => {
  assert.equal(sheet.told(cards, "B"), "1 of 2 kept");
});
