import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { places } = load("ui/panels/header/places.js");
const at = (state, above = "", run = "a") => ({ run, at: state, above });

test("Back leads to where one was before a run began, was opened, was left, or was taken back", () => {
  assert.equal(places.entry(places.HOME, at("s0")), "push");
  assert.equal(places.entry(at("s3"), at("t0", "", "b")), "push");
  assert.equal(places.entry(at("s3"), places.HOME), "push");
  assert.equal(places.entry(at("s5", "s4"), at("s2", "s1")), "push");
});

test("a search that goes on stays one entry, and what is shown again none", () => {
  assert.equal(places.entry(at("s2", "s1"), at("s3", "s2")), "replace");
  assert.equal(places.entry(at("s2", "s1"), at("s2", "s1")), "");
  assert.equal(places.entry(places.HOME, places.HOME), "");
});

test("an entry without a state is reached at any state of its run", () => {
  assert.ok(places.arrived({ run: "a", at: "" }, at("s3")));
  assert.ok(!places.arrived({ run: "a", at: "s1" }, at("s3")));
  assert.ok(!places.arrived({ run: "b", at: "" }, at("s3")));
});

test("a tab's title says what is due before it says which run", () => {
  const here = { prompt: "a cup", scale: "2", scales: "13", decision: "cluster", running: false, done: false };
  assert.equal(places.title(here), "\u25cf Choose at scale 2 \u00b7 a cup");
  assert.equal(places.title({ ...here, running: true }), "Drawing scale 3 of 12 \u00b7 a cup");
  assert.equal(places.title({ ...here, decision: "" }), "Scale 2 \u00b7 a cup");
  assert.equal(places.title({ ...here, done: true }), "Finished \u00b7 a cup");
  assert.equal(places.title({ ...here, prompt: "" }), "TTS-VAR Explorer");
});
