import assert from "node:assert/strict";
import { test } from "node:test";
import { axis, happenings, marks, rows } from "../../static/app/later/lib/happenings.js";
import { pieces } from "../../static/app/lib/pieces.js";
import { layers } from "../../static/app/later/lib/layers.js";

const INCIDENT = {
  alert: { title: "Errors", service: "checkout" },
  severity: "critical",
  startedAt: "2026-03-01T10:00:00Z",
  createdAt: "2026-03-01T10:00:02Z",
  analyzedAt: "2026-03-01T10:00:20Z",
  resolvedAt: null,
  mergedInto: null,
  approvals: [],
  streamingThoughts: [{ timestamp: "2026-03-01T10:00:05Z", type: "observation", content: "It burns [1]." }],
  chatSessions: [{ messages: [{ timestamp: "2026-03-01T10:01:00Z", sender: "user", text: "why *now*?" }] }],
};
const SURROUNDINGS = {
  alerts: [{ title: "Errors", service: "checkout", severity: "critical", status: "resolved", startedAt: INCIDENT.startedAt, endedAt: "2026-03-01T11:00:00Z" }],
  changes: [{ at: "2026-03-01T09:58:00Z", service: "checkout", kind: "deploy", version: "7", by: "ana", text: "[x](y)", failed: false, citation: "3" }],
};

test("everything that happened has its lane, oldest first, with what is known of alerts meanwhile", () => {
  const all = happenings(INCIDENT, SURROUNDINGS);
  assert.deepEqual(all.map(({ lane }) => lane), ["changes", "alerts", "status", "findings", "status", "chat"]);
  assert.equal(all[1].until, Date.parse("2026-03-01T11:00:00Z"));
  assert.equal(happenings(INCIDENT, null)[0].until, Infinity);
});

test("what people and sources wrote is not read as Markdown; the citation is", () => {
  const all = happenings(INCIDENT, SURROUNDINGS);
  assert.match(all[0].text, /\\\[x\\\]\\\(y\\\) \[3\]$/);
  assert.equal(all.at(-1).text, "why \\*now\\*?");
  assert.equal(all.find(({ lane }) => lane === "findings").text, "It burns [1].");
});

test("the axis keeps the order of time, and what it tells back is what it was told", () => {
  const all = [{ at: 0 }, { at: 1_000 }, { at: 3_600_000, until: Infinity }];
  const time = axis(all, 7_200_000);
  assert.deepEqual([time.from, time.to, time.at(0), time.at(7_200_000)], [0, 7_200_000, 0, 1]);
  assert.ok(time.at(1_000) < time.at(3_600_000));
  assert.ok(time.at(1_000) > 1_000 / 7_200_000);
  for (const moment of [0, 500, 1_000, 90_000, 7_000_000]) assert.ok(Math.abs(time.time(time.at(moment)) - moment) < 1);
  assert.equal(axis([{ at: 5 }], 9).at(5), 0);
});

test("marks that would lie on each other are one", () => {
  const found = marks([{ at: 0 }, { at: 4 }, { at: 30 }], (at) => at, 10);
  assert.deepEqual(found.map(({ all }) => all.length), [2, 1]);
});

test("what lasts at the same time stands in rows, and shares the fullest when there are too many", () => {
  const lasting = [{ at: 0, until: 10 }, { at: 5, until: 8 }, { at: 6, until: 9 }, { at: 11, until: Infinity }];
  assert.deepEqual(rows(lasting, 2).map(({ row }) => row), [0, 1, 1, 0]);
});

test("callers stand left of whom they call", () => {
  const names = ["db", "web", "checkout", "cart"];
  const columns = layers(names, [["web", "checkout"], ["checkout", "db"], ["checkout", "cart"], ["cart", "db"]]);
  assert.deepEqual(columns, [["web"], ["checkout"], ["cart"], ["db"]]);
});

test("circles and calls to oneself end, and everybody has one place", () => {
  const names = ["a", "b", "c"];
  const columns = layers(names, [["a", "b"], ["b", "c"], ["c", "a"], ["a", "a"]]);
  assert.deepEqual(columns.flat().sort(), names);
  assert.deepEqual(columns[0], ["a"]);
});

test("a hypothesis begins a group, a long one is cut, and the order stays", () => {
  const types = ["observation", "hypothesis", "observation", "hypothesis", ...Array(40).fill("analysis")];
  const thoughts = types.map((type, at) => ({ id: `t${at}`, type }));
  const order = thoughts.map(({ id }) => id);
  const byId = new Map(thoughts.map((one) => [one.id, one]));
  const found = pieces(order, byId);
  assert.deepEqual(found.flatMap(({ items }) => items.map(({ id }) => id)), order);
  assert.deepEqual(found.map(({ isGroup, goesOn }) => [isGroup, goesOn]), [[false, false], [true, false], [true, false], [false, true], [false, true]]);
});

test("a new thought makes one piece anew, and leaves the others the same objects", () => {
  const thoughts = Array.from({ length: 50 }, (_, at) => ({ id: `t${at}`, type: at % 10 ? "analysis" : "hypothesis" }));
  const byId = new Map(thoughts.map((one) => [one.id, one]));
  const before = pieces(thoughts.map(({ id }) => id), byId);
  const after = pieces([...thoughts.map(({ id }) => id), "new"], byId, before);
  assert.equal(after.length, before.length);
  assert.deepEqual(after.map((piece, at) => piece === before[at]), [true, true, true, true, false]);
  assert.equal(after.at(-1).items.at(-1).thought, undefined);
});
