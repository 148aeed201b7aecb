import assert from "node:assert/strict";
import test from "node:test";
import { CONNECTING, reduce as reduceConnection } from "../../static/app/reduce/connection.js";
import { fromSnapshot, reduce as reduceFeed } from "../../static/app/reduce/feed.js";
import { reduce as reduceOutbox } from "../../static/app/reduce/outbox.js";

const listed = (id, startedAt, status = "investigating") => ({ id, startedAt, status });
const feedOf = (...incidents) => fromSnapshot({ incidents, epoch: "e", seq: 1 });

test("a new incident stands in its place by age and is marked as new; others change in place", () => {
  const feed = feedOf(listed("b", "2024-03-02T00:00:00Z"), listed("a", "2024-03-01T00:00:00Z"));
  const more = reduceFeed(feed, { type: "incident", seq: 2, data: listed("c", "2024-03-01T12:00:00Z") });
  assert.deepEqual(more.incidents.map(({ id }) => id), ["b", "c", "a"]);
  assert.deepEqual(more.arrived, { c: true });
  const changed = reduceFeed(more, { type: "incident", seq: 3, data: listed("a", "2024-03-01T00:00:00Z", "resolved") });
  assert.deepEqual(changed.incidents.map(({ status }) => status), ["investigating", "investigating", "resolved"]);
  assert.deepEqual([changed.seq, changed.arrived], [3, { c: true }]);
});

test("a question shows at once, learns its chat, and leaves when it came back as a message", () => {
  let outbox = reduceOutbox([], { type: "asked", clientId: "c1", sessionId: null, text: "Why?" });
  outbox = reduceOutbox(outbox, { type: "taken", clientId: "c1", sessionId: "s1" });
  assert.deepEqual(outbox, [{ clientId: "c1", sessionId: "s1", text: "Why?", problem: null }]);
  assert.deepEqual(reduceOutbox(outbox, { type: "arrived", clientId: "c1" }), []);
});

test("a question that was refused stays, with the reason, until it is sent again", () => {
  const outbox = reduceOutbox([], { type: "asked", clientId: "c1", sessionId: null, text: "Why?" });
  const refused = reduceOutbox(outbox, { type: "refused", clientId: "c1", problem: "Wait 3 s." });
  assert.equal(refused[0].problem, "Wait 3 s.");
  assert.equal(reduceOutbox(refused, { type: "retried", clientId: "c1", sessionId: null })[0].problem, null);
});

test("after a break the reader is told how much came in meanwhile, for a while", () => {
  const steps = [{ type: "up" }, { type: "down" }, { type: "up" }, { type: "replayed", count: 3 }, { type: "replayed", count: 9 }];
  const state = steps.reduce(reduceConnection, CONNECTING);
  assert.deepEqual(state, { name: "caught-up", missed: 12 });
  assert.deepEqual(reduceConnection(state, { type: "shown" }), { name: "live", missed: 0 });
});

test("the first connection is not called a recovery", () => {
  const state = [{ type: "down" }, { type: "up" }, { type: "replayed", count: 2 }].reduce(reduceConnection, CONNECTING);
  assert.deepEqual(state, { name: "live", missed: 0 });
});
