import assert from "node:assert/strict";
import test from "node:test";
import { isFinished, nothingWritten, reduce, withOpenTexts, withPiece } from "../../static/app/reduce/writing.js";

const incident = (fields = {}) => ({ streamingThoughts: [], chatSessions: [], auroraStatus: "running", ...fields });
const start = () => nothingWritten(incident());
const piece = (id, offset, text, fields = {}) => ({ id, offset, text, ...fields });
const event = (type, data) => ({ type, data, seq: 1 });

test("a thought grows as it is written, and gives way to the finished one", () => {
  const written = withPiece(withPiece(start(), "thought", piece("t1", 0, "Look")), "thought", piece("t1", 4, "ing"));
  assert.equal(written.texts.t1.text, "Looking");
  assert.deepEqual(reduce(written, event("thought", { id: "t1" })).texts, {});
});

test("thoughts keep their places when a later one is finished first", () => {
  let state = start();
  for (const id of ["a", "b", "c"]) state = withPiece(state, "thought", piece(id, 0, id));
  for (const id of ["c", "a", "z", "b"]) state = reduce(state, event("thought", { id }));
  assert.deepEqual(state.order, ["a", "b", "c", "z"]);
});

test("a repeated piece leaves the very same state, so that nothing is drawn again", () => {
  const state = withPiece(start(), "thought", piece("t1", 0, "Looking"));
  assert.equal(withPiece(state, "thought", piece("t1", 0, "Look")), state);
  assert.equal(withPiece(state, "thought", piece("t2", 5, "gap")), state);
});

test("somebody who joins in the middle gets the partial texts and goes on from there", () => {
  const joined = withOpenTexts(start(), [
    { kind: "thought", id: "t1", text: "Look", offset: 4 },
    { kind: "answer", id: "m1", text: "Be", offset: 2, session_id: "s1" },
  ]);
  const state = withPiece(joined, "answer", piece("m1", 2, "cause", { session_id: "s1" }));
  assert.deepEqual([state.texts.t1.text, state.texts.m1.text, state.texts.m1.sessionId], ["Look", "Because", "s1"]);
  assert.deepEqual(state.order, ["t1"]);
});

test("a summary gives way whatever its partial text was called", () => {
  const state = withPiece(start(), "summary", piece("any", 0, "Likely"));
  assert.deepEqual(reduce(state, event("summary", { summary: "Likely cause" })).texts, {});
});

test("when the work is over nothing is left half written but answers", () => {
  let state = withPiece(start(), "thought", piece("t1", 0, "Look"));
  state = withPiece(state, "answer", piece("m1", 0, "Be", { session_id: "s1" }));
  assert.equal(reduce(state, event("status", { auroraStatus: "running" })), state);
  assert.deepEqual(Object.keys(reduce(state, event("status", { auroraStatus: "complete" })).texts), ["m1"]);
});

test("what is looked at for an answer goes when the answer is there, and not with the investigation", () => {
  let state = withPiece(start(), "looks", piece("m1:looks", 0, "host.state\n", { session_id: "s1" }));
  state = withPiece(state, "answer", piece("m1", 0, "Be", { session_id: "s1" }));
  assert.equal(Object.keys(reduce(state, event("status", { auroraStatus: "complete" })).texts).length, 2);
  assert.deepEqual(reduce(state, event("message", { id: "m1" })).texts, {});
  const known = incident({ auroraStatus: "complete", chatSessions: [{ messages: [{ id: "m1" }] }] });
  assert.deepEqual(["m1:looks", "m2:looks"].map((id) => isFinished(known, "looks", id)), [true, false]);
});

test("a late text of something finished is known as such", () => {
  const known = incident({ streamingThoughts: [{ id: "t1" }], chatSessions: [{ messages: [{ id: "m1" }] }] });
  assert.deepEqual(["t1", "t2"].map((id) => isFinished(known, "thought", id)), [true, false]);
  assert.deepEqual(["m1", "m2"].map((id) => isFinished(known, "answer", id)), [true, false]);
  assert.equal(isFinished(known, "summary", "s"), false);
  assert.equal(isFinished(incident({ auroraStatus: "complete" }), "summary", "s"), true);
  const stopped = incident({ auroraStatus: "idle" });
  assert.deepEqual(["thought", "summary", "answer"].map((kind) => isFinished(stopped, kind, "x")), [true, true, false]);
});
