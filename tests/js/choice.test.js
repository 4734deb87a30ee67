import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { choice } = load("ui/shell/text.js", "ui/panels/stage/choice.js");
const card = (name, changes = {}) => ({ name, letter: "", count: 1, proposed: 1, reward: 0, p: 0, ...changes });
const at = (decision, keep) => ({ decision, keep });

test("a candidate has from none to as many copies as the contract allows", () => {
  assert.deepEqual([-1, 0, 3, 16, 17].map(choice.within), [0, 0, 3, 16, 16]);
});

test("a touch drops what is kept, and keeps what is dropped with the copies that were proposed", () => {
  assert.equal(choice.toggled(card("c0")), 0);
  assert.equal(choice.toggled(card("c0", { count: 0, proposed: 3 })), 3);
  assert.equal(choice.toggled(card("c0", { count: 0, proposed: 0 })), 1);
});

test("a choice is counted, with copies, and says whose it is", () => {
  const [a, b, c] = ["c0", "c1", "c2"].map((name) => card(name));
  assert.deepEqual(choice.told([a, b, c]), { bold: "Keeping all 3", tail: " as proposed" });
  assert.deepEqual(choice.told([a, { ...b, count: 2 }]), { bold: "Keeping all 2, 3 with copies", tail: " by your choice" });
  assert.deepEqual(choice.told([{ ...a, count: 0 }]), { bold: "Nothing is selected", tail: "" });
  assert.equal(choice.told([a, { ...b, count: 0 }, { ...c, count: 2 }]).bold, "Keeping 2 of 3, 3 with copies");
  assert.equal(choice.told([a]).bold, "Keeping c0");
  const many = Array.from({ length: 64 }, (_, i) => card(`c${i}`, { count: i % 2 }));
  assert.equal(choice.told(many).bold, "Keeping 32 of 64", "the bar never lists");
});

test("a cluster that is given up is named, with its only candidate where it has one", () => {
  const cards = [card("c0", { letter: "A", count: 0 }), card("c1", { letter: "B" }), card("c2", { letter: "B", count: 0, proposed: 0 })];
  assert.equal(choice.losses(cards, at("cluster", 1)), "This drops c0, the only candidate of cluster A.");
  const lost = cards.map((c) => ({ ...c, count: 0, letter: "B" }));
  assert.match(choice.losses([...lost, card("c3", { letter: "C" })], at("cluster", 1)), /^This drops all 3 candidates of cluster B\./);
});

test("three clusters are told in one sentence", () => {
  const cards = ["A", "B", "C"].map((letter, i) => card(`c${i}`, { letter, count: 0 }));
  assert.match(choice.losses([...cards, card("c3")], at("cluster", 1)), /^This drops all candidates of the clusters A, B and C\./);
});

test("the likeliest of a draw and the leader are missed", () => {
  const cards = [card("c0", { count: 0, p: 0.62, reward: 1 }), card("c1", { reward: 0.5 })];
  assert.equal(choice.losses(cards, at("resample", 1)), "c0 had 62% of the chance. c0 has the highest reward so far.");
  assert.equal(choice.losses(cards, at("select", 1)), "c0 has the highest reward so far.");
  const equal = cards.map((c) => ({ ...c, reward: 1, p: 0 }));
  assert.equal(choice.losses(equal, at("resample", 1)), "", "no leader, nothing lost");
});

test("more or fewer than the schedule keeps is more or less work, where something is decided", () => {
  const cards = [card("c0", { count: 2 }), card("c1")];
  assert.equal(choice.losses(cards, at("cluster", 2)), "The schedule keeps 2, you keep 3: 50% more work next.");
  assert.equal(choice.losses(cards, at("cluster", 4)), "The schedule keeps 4, you keep 3: 25% less work next.");
  assert.equal(choice.losses(cards, at("", 2)), "");
});
