import assert from "node:assert/strict";
import test from "node:test";
import { CONNECTING, reduce as reduceConnection } from "../../static/app/reduce/connection.js";
import { fromSnapshot, reduce as reduceFeed, withOlder } from "../../static/app/reduce/feed.js";
import { NO_FILTERS, choices, fromAddress, matches, toAddress, toQuery } from "../../static/app/reduce/filters.js";
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

const told = (title, severity, more = {}) => ({
  id: title, startedAt: "2024-03-01T00:00:00Z", status: "investigating", severity, summary: "", affectedServices: [],
  alert: { title, service: "", source: "grafana", ...more },
});

test("what is looked for stands in the address and comes back out of it", () => {
  const filters = { words: "disk full", levels: ["critical", "medium"], service: "a&b", source: "grafana" };
  assert.equal(toAddress(filters), "?q=disk+full&severity=critical&severity=medium&service=a%26b&source=grafana");
  assert.deepEqual(fromAddress(toAddress(filters)), filters);
  assert.equal(toAddress(fromAddress("?severity=loud&other=1")), "");
});

test("a severity is asked for in the words of all vendors, and one that nobody knows is left to the page", () => {
  assert.deepEqual(toQuery({ ...NO_FILTERS, levels: ["high"] }).getAll("severity"), ["high", "error", "major", "p2"]);
  assert.equal(String(toQuery({ ...NO_FILTERS, levels: ["high", "unknown"], words: " !! " })), "");
  assert.ok(matches(told("x", "odd"), { ...NO_FILTERS, levels: ["unknown"] }));
});

test("words are found by how they begin, in any order", () => {
  const one = { ...told("DiskFilling", "high", { service: "data-node" }), summary: "The log fills it." };
  assert.ok(matches(one, { ...NO_FILTERS, words: "log NODE diskf" }));
  assert.ok(!matches(one, { ...NO_FILTERS, words: "disk illing" }));
});

test("a list that is looked through takes new incidents that match, and keeps what it found", () => {
  const filters = { ...NO_FILTERS, levels: ["critical"] };
  const list = fromSnapshot({ incidents: [told("a", "critical"), told("b", "low")], epoch: "e", seq: 1 }, filters);
  assert.deepEqual(list.incidents.map(({ id }) => id), ["a"]);
  const more = [told("c", "p1"), told("d", "low"), told("a", "low")].reduce(
    (state, data, at) => reduceFeed(state, { type: "incident", seq: at + 2, data }),
    list,
  );
  assert.deepEqual(more.incidents.map(({ id }) => id).sort(), ["a", "c"]);
});

test("older incidents follow those that are there, each once, and none is shown before its page was read", () => {
  const newest = { incidents: [listed("b", "2024-03-02T00:00:00Z")], nextCursor: "n", epoch: "e", seq: 1 };
  const unread = reduceFeed(fromSnapshot(newest), { type: "incident", seq: 2, data: listed("a", "2024-01-01T00:00:00Z") });
  assert.deepEqual(unread.incidents.map(({ id }) => id), ["b"]);
  const page = { incidents: [listed("b", "2024-03-02T00:00:00Z"), listed("a", "2024-01-01T00:00:00Z")], nextCursor: null };
  const whole = withOlder(unread, page);
  assert.deepEqual([whole.incidents.map(({ id }) => id), whole.nextCursor], [["b", "a"], null]);
});

test("the values to choose from come most frequent first", () => {
  assert.deepEqual(choices([{ s: "b" }, { s: "a" }, { s: "b" }, { s: "" }], ({ s }) => s), ["b", "a"]);
});
