// @ts-check
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./module.js";

const { requests } = load("ui/shell/requests.js");

/** A page that asks once: what its view is told when the server answers so. */
async function told(answer, address = "http://here/gradio_api/queue/join?") {
  const ttsvar = load("ui/shell/requests.js");
  ttsvar.order = () => "mine";
  /** @type {string[]} */
  const said = [];
  let sent = null;
  ttsvar.requests.send((event, data) => { sent = { event, data }; }, "act", { run: "r" }, (why) => said.push(why));
  assert.deepEqual(sent, { event: "act", data: { run: "r", order: "mine" } });
  const fetch = ttsvar.requests.watched(answer);
  const ask = () => fetch(address, { body: JSON.stringify({ event_data: { order: "mine" }, data: [] }) });
  await ask().catch(() => null);
  await ask().catch(() => null);
  return said;
}

test("a full queue frees the view that asked, once, with a sentence", async () => {
  const said = await told(async () => Response.json({ detail: "Queue is full." }, { status: 503 }));
  assert.deepEqual(said, ["The server has as many requests as it takes at once. Press again in a moment."]);
});

test("another refusal is told in the server's own words, where it has some", async () => {
  const why = "48 requests of yours wait to be answered here, as many as one visitor may have.";
  assert.deepEqual(await told(async () => Response.json({ detail: why }, { status: 429 })), [why]);
  assert.deepEqual(await told(async () => new Response("<html>", { status: 502 })), ["The server did not take this. Press again."]);
});

test("a server that is away frees the view, and the caller still learns of the failure", async () => {
  const away = async () => { throw new TypeError("Failed to fetch"); };
  assert.deepEqual(await told(away), ["The server cannot be reached. Press again when it is back."]);
  const body = JSON.stringify({ event_data: { order: "mine" } });
  await assert.rejects(requests.watched(away)("/queue/join", { body }), TypeError);
});

test("what is taken, and what is no request of a view, passes untouched", async () => {
  assert.deepEqual(await told(async () => Response.json({ event_id: "e" })), []);
  const full = async () => new Response("", { status: 503 });
  assert.deepEqual(await told(full, "http://here/gradio_api/component_server"), []);
  for (const body of [undefined, "{", JSON.stringify({ event_data: null })]) {
    assert.equal((await requests.watched(full)("/queue/join", { body })).status, 503);
  }
});

test("an answer is lost when several looks in a row find nothing under way", () => {
  const lost = requests.patience();
  const looks = [{ over: true }, { over: true }, { over: true }, { part: "decode" }, { over: true }, {}, { ahead: 2 }];
  assert.deepEqual(looks.map(lost), looks.map(() => ""), "whatever is under way, or may be, is waited for");
  assert.deepEqual([1, 2, 3].map(() => lost({ over: true })), ["", "", ""]);
  assert.equal(lost({ over: true }), "No answer came. What the server has drawn is kept: press again to see it.");
  const away = requests.patience();
  assert.equal([1, 2, 3, 4].map(() => away(null)).pop(), "The server cannot be reached. Press again when it is back.");
});
