import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { text } = load("ui/shell/text.js");

test("names are listed as in Python", () => {
  assert.deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(text.listed), ["", "a", "a and b", "a, b and c"]);
});

test("rewards have a sign, copies a number, and small chances a decimal", () => {
  assert.deepEqual([0.5, -1.234, 0].map(text.signed), ["+0.50", "\u22121.23", "+0.00"]);
  assert.deepEqual([text.copies("c3", 1), text.copies("c3", 2)], ["c3", "c3 \u00d72"]);
  assert.deepEqual([0.0001, 0.0123, 0.5].map(text.percent), ["0%", "1.2%", "50%"]);
});
