import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { tabs } = load("ui/panels/tabs.js");

test("the tab of reasons is that of the decision, until a person opens another one", () => {
  assert.equal(tabs.wanted("cluster", ""), "clusters");
  assert.equal(tabs.wanted("resample", ""), "resampling");
  assert.equal(tabs.wanted("", ""), "", "where nothing is decided, what is open stays open");
  assert.equal(tabs.wanted("resample", "cost"), "cost");
});

test("opening the decision's own tab follows the run again", () => {
  assert.equal(tabs.own("cost", "cluster"), "cost");
  assert.equal(tabs.own("clusters", "cluster"), "");
  assert.equal(tabs.own("clusters", "resample"), "clusters");
});
