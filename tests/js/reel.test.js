import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./module.js";

const { reel } = load("ui/panels/film/reel.js");
const card = (changes) => ({ name: "c0", place: 0, parent: -1, count: 1, letter: "", p: 0, winner: false, ...changes });
const frame = (cards, decision = "", scale = 1) => ({ cards, decision, scale, room: cards.length });
const inside = (spots, side, { width, height }) => spots.every(({ x, y }) => x >= 0 && y >= 0 && x + side <= width && y + side <= height);

test("the first copy goes on in its parent's track, the others begin one", () => {
  const frames = [
    frame([card(), card(), card()]),
    frame([card({ parent: 0 }), card({ parent: 2 }), card({ parent: 2 })]),
    frame([card({ parent: 2 })]),
  ];
  assert.deepEqual(reel.tracks(frames), [[0, 1, 2], [0, 2, 3], [3]]);
});

test("the places of a grid are as large as they can be, inside, and none covers another", () => {
  for (const [room, width, height] of [[1, 300, 200], [8, 640, 360], [8, 330, 380], [64, 1000, 560]]) {
    const { side, at } = reel.grid(room, { width, height });
    const spots = Array.from({ length: room }, (_, i) => at(i));
    assert.ok(side > 20 && inside(spots, side, { width, height }), `${room} in ${width} x ${height}`);
    const apart = (a, b) => Math.abs(a.x - b.x) >= side || Math.abs(a.y - b.y) >= side;
    assert.ok(spots.every((a, i) => spots.slice(i + 1).every((b) => apart(a, b))));
  }
});

test("clusters gather in boxes of their own that stay inside", () => {
  const letters = [..."ABBACADB"];
  const groups = reel.clusters(letters.map((letter, place) => card({ letter, place })));
  assert.deepEqual(groups.map(({ letter, rows }) => letter + rows.join("")), ["A035", "B127", "C4", "D6"]);
  const size = { width: 640, height: 360 };
  const { side, spots, boxes } = reel.gathered(groups, size);
  assert.ok(inside([...spots.values()], side, size));
  assert.equal(spots.size, 8);
  const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  assert.ok(boxes.every((a, i) => boxes.slice(i + 1).every((b) => !overlap(a, b))));
});

test("each candidate's part of the chance holds the draws that fell on it", () => {
  const cards = [card({ p: 0.6, count: 2 }), card({ p: 0.3, count: 0 }), card({ p: 0.1, count: 1 })];
  const parts = reel.shares(cards);
  assert.deepEqual(parts.map(([from, to]) => [from.toFixed(2), to.toFixed(2)]), [["0.00", "0.60"], ["0.60", "0.90"], ["0.90", "1.00"]]);
  const draws = reel.draws(cards);
  assert.deepEqual(draws.map(({ row }) => row), [0, 0, 2]);
  assert.ok(draws.every(({ row, at }) => at > parts[row][0] && at < parts[row][1]));
});

test("a film goes on through decisions to its winner, and ends", () => {
  const frames = [frame([card()], "", 0), frame([card()], "cluster"), frame([card({ winner: true })])];
  const seen = [];
  for (let now = { index: 0, deciding: false }; now; now = reel.following(frames, now)) seen.push(`${now.index}${now.deciding ? "!" : ""}`);
  assert.deepEqual(seen, ["0", "1", "1!", "2", "2!"]);
  assert.equal(reel.lasts(frames[1], true, 2) * 2, reel.lasts(frames[1], true, 1));
});
