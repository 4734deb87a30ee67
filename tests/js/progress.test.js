import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { progress } = load("ui/guide/progress.js");
const state = (changes = {}) => ({ shown: () => false, from: 5, now: 5, running: false, ...changes });

test("a step names what it waits for, selectors with blanks and all", () => {
  assert.deepEqual(progress.parse("click #tabs [role=tab]"), { kind: "click", what: "#tabs [role=tab]" });
  assert.deepEqual(progress.parse(""), { kind: "", what: "" });
});

test("something shown completes its step", () => {
  const asked = [];
  assert.ok(progress.reached("shown .stage.cluster, .stage.resample", state({ shown: (s) => asked.push(s) > 0 })));
  assert.deepEqual(asked, [".stage.cluster, .stage.resample"]);
  assert.ok(!progress.reached("shown .stage.final", state()));
});

test("moving counts in its direction, from one scale to another, once nothing runs", () => {
  assert.ok(progress.reached("moved forward", state({ now: 6 })));
  assert.ok(progress.reached("moved forward", state({ now: 10 })), "the ending is after every scale");
  assert.ok(!progress.reached("moved forward", state({ now: 6, running: true })));
  assert.ok(!progress.reached("moved forward", state({ now: 4 })));
  assert.ok(progress.reached("moved back", state({ now: 4 })));
  assert.ok(!progress.reached("moved back", state({ from: -1, now: 4 })), "nothing was shown before");
  assert.ok(!progress.reached("moved back", state({ now: -1 })));
});

test("typing and clicking are told by events, not by what is shown", () => {
  assert.ok(!progress.reached("input #prompt", state({ now: 6, shown: () => true })));
});

test("the card stands beside what it speaks of, and never on it", () => {
  const card = { width: 300, height: 160 };
  const view = { width: 1440, height: 900 };
  const box = (left, top, width, height) => ({ left, top, right: left + width, bottom: top + height });
  assert.deepEqual(progress.beside(box(20, 100, 240, 80), card, view), { x: 276, y: 100 });
  assert.deepEqual(progress.beside(box(300, 100, 1120, 60), card, view), { x: 300, y: 176 });
  assert.deepEqual(progress.beside(box(1100, 400, 320, 480), card, view), { x: 784, y: 400 });
  assert.equal(progress.beside(box(0, 0, 1440, 900), card, view), null);
});

test("a step is over when the page shows what the next one waits for", () => {
  assert.ok(progress.overtaken("shown .stage.board", (selector) => selector === ".stage.board"));
  assert.ok(!progress.overtaken("shown .stage.board", () => false));
  assert.ok(!progress.overtaken("moved forward", () => true));
  assert.ok(!progress.overtaken("", () => true), "nothing follows the last step");
});
