// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./module.js";

const { doing } = load("ui/panels/stage/doing.js");

test("a step says its scale, its part and with whom it shares the machine", () => {
  assert.equal(doing.told({ scale: 3, part: "decode", items: 6, others: 0 }), "Scale 3: decoding 6 candidates");
  assert.equal(doing.told({ scale: 12, part: "reward", items: 1, others: 1 }), "Scale 12: judging 1 candidate, by turns with 1 other");
  assert.equal(doing.told({ scale: 0, part: "transformer", items: 8, others: 4 }), "Scale 0: drawing 8 candidates, by turns with 4 others");
});

test("what has not begun says its place in the queue", () => {
  assert.equal(doing.told({ ahead: 3 }), "Number 3 in the queue");
  assert.equal(doing.told({}), "", "nothing is told: what stands there stays");
});
