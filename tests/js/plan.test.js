import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { plan } = load("ui/setup/plan.js");

test("cells are read and written back", () => {
  const text = "8 8 6:cluster 6 2:resample";
  assert.deepEqual(plan.parse(text)[2], { size: "6", mark: "cluster" });
  assert.equal(plan.format(plan.parse(text)), text);
});

test("an empty cell stays a cell, and blanks or colons in one do not make two", () => {
  assert.equal(plan.format([{ size: "", mark: "" }, { size: " 4:x ", mark: "cluster" }]), "? 4x:cluster");
  assert.deepEqual(plan.parse("? 1"), [{ size: "", mark: "" }, { size: "1", mark: "" }]);
});

test("a mark turns through every decision and back to none", () => {
  assert.deepEqual(["", "cluster", "resample", "select"].map(plan.turned), ["cluster", "resample", "", ""]);
});
