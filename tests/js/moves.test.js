import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { moves } = load("ui/panels/stage/moves.js");

test("who goes on comes from itself, a copy from its parent, and who has neither left", () => {
  const now = [{ name: "c1", parent: "c1" }, { name: "c1.6b", parent: "c1" }, { name: "c3", parent: "c3" }];
  assert.deepEqual(moves.changes(["c0", "c1", "c3"], now), { from: ["c1", "c1", "c3"], left: ["c0"] });
});

test("going back two scales brings those back who had left", () => {
  const now = ["c0", "c1", "c2"].map((name) => ({ name, parent: name }));
  assert.deepEqual(moves.changes(["c1"], now), { from: ["", "c1", ""], left: [] });
});
