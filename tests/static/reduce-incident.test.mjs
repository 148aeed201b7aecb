import assert from "node:assert/strict";
import test from "node:test";
import { waitingQuestion } from "../../static/app/reduce/chat.js";
import { reduce } from "../../static/app/reduce/incident.js";

const snapshot = () => ({
  id: "i1", status: "investigating", auroraStatus: "running", severity: "high", summary: "",
  alert: { title: "Disk", service: "db", source: "grafana", sourceUrl: "", rawPayload: "{}", triggeredAt: "2024-03-01T00:00:00Z" },
  suggestions: [], approvals: [], streamingThoughts: [], citations: [], correlatedAlerts: [], chatSessions: [], room: "incident:i1", epoch: "e", seq: 4,
});
const after = (...events) => events.reduce((state, [type, data], at) => reduce(state, { type, data, seq: 5 + at }), snapshot());
const question = (fields = {}) => ({
  id: "m1", session_id: "s1", sender: "user", text: "Why?", timestamp: "2024-03-01T00:01:00Z", status: "queued", client_id: "c", ...fields,
});

test("each kind of event lands where the snapshot has it, and the position moves on", () => {
  const state = after(
    ["thought", { id: "t1", content: "Looking", timestamp: "x", type: "analysis" }],
    ["suggestion", { id: "g1", title: "Do" }],
    ["alert", { id: "a1", status: "firing" }],
    ["summary", { summary: "Done [1]" }],
    ["status", { status: "analyzed", auroraStatus: "complete" }],
  );
  assert.deepEqual(state.streamingThoughts.map(({ id }) => id), ["t1"]);
  assert.deepEqual([state.suggestions.length, state.correlatedAlerts.length], [1, 1]);
  assert.deepEqual([state.summary, state.status, state.auroraStatus, state.seq], ["Done [1]", "analyzed", "complete", 9]);
});

test("citations stand by their number, whichever look came back first", () => {
  const state = after(["citation", { id: "c10", key: "10" }], ["citation", { id: "c2", key: "2" }]);
  assert.deepEqual(state.citations.map(({ key }) => key), ["2", "10"]);
});

test("an alert that changes is changed in place", () => {
  const state = after(["alert", { id: "a1", status: "firing" }], ["alert", { id: "a2", status: "firing" }], ["alert", { id: "a1", status: "resolved" }]);
  assert.deepEqual(state.correlatedAlerts.map(({ id, status }) => [id, status]), [["a1", "resolved"], ["a2", "firing"]]);
});

test("alerts of a merged incident stand where they arrived, and leave when it is unmerged", () => {
  const alert = (id, minute) => ["alert", { id, receivedAt: `2024-03-01T00:0${minute}:00.000Z` }];
  const merged = after(alert("a2", 2), alert("a1", 1), alert("a3", 3));
  assert.deepEqual(merged.correlatedAlerts.map(({ id }) => id), ["a1", "a2", "a3"]);
  const left = reduce(merged, { type: "alert:left", seq: 8, data: { id: "a1" } });
  assert.deepEqual([left.correlatedAlerts.map(({ id }) => id), left.seq], [["a2", "a3"], 8]);
});

test("the list form of the incident does not take the payload away", () => {
  const state = after(["incident", { id: "i1", severity: "critical", alert: { title: "Disk full", service: "db" } }]);
  assert.deepEqual([state.severity, state.alert.title, state.alert.rawPayload], ["critical", "Disk full", "{}"]);
});

test("a chat begins with its first message, and an answer ends the waiting", () => {
  const asked = after(["message", question()]);
  const [session] = asked.chatSessions;
  assert.deepEqual([session.id, session.title, session.messages.length], ["s1", "Why?", 1]);
  assert.deepEqual(Object.keys(session.messages[0]).sort(), ["id", "sender", "status", "text", "timestamp"]);
  assert.equal(waitingQuestion(session).id, "m1");
  const answered = reduce(asked, { type: "message", seq: 6, data: question({ id: "m2", sender: "assistant", status: "complete", text: "Because" }) });
  assert.equal(waitingQuestion(answered.chatSessions[0]), undefined);
  assert.equal(answered.chatSessions[0].messages[0].status, "complete");
});

test("a second question goes on waiting when the first is answered", () => {
  const state = after(
    ["message", question()],
    ["message", question({ id: "m2" })],
    ["message", question({ id: "m3", sender: "assistant", status: "complete" })],
  );
  assert.equal(waitingQuestion(state.chatSessions[0]).id, "m2");
});

test("a long question is cut at a word for the title", () => {
  const state = after(["message", question({ text: `${"word ".repeat(9)}and one that is much too long` })]);
  assert.equal(state.chatSessions[0].title, `${"word ".repeat(9)}and …`);
});

test("an event of a later release changes only the position", () => {
  assert.deepEqual(after(["toString", {}], ["presence", { users: [] }]), { ...snapshot(), seq: 6 });
});

test("reducing never changes the state that it was given", () => {
  const before = Object.freeze(snapshot());
  Object.values(before).filter(Array.isArray).forEach(Object.freeze);
  reduce(before, { type: "citation", data: { id: "c", key: "1" }, seq: 5 });
  assert.deepEqual(before, snapshot());
});
