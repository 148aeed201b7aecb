import assert from "node:assert/strict";
import test from "node:test";
import { EMPTY, joinPiece, joinWhole, wholeText } from "../../static/app/lib/text-stream.js";

const pieces = (text, ...cuts) => {
  const points = [...text];
  const ends = [...cuts, points.length];
  return ends.map((end, at) => [ends[at - 1] ?? 0, points.slice(ends[at - 1] ?? 0, end).join("")]);
};
const joined = (list) => list.reduce((known, [offset, text]) => joinPiece(known, offset, text), EMPTY);

test("a reader sees the text whole when its pieces come in order", () => {
  assert.equal(joined(pieces("Which process uses the CPU?", 3, 9, 20)).text, "Which process uses the CPU?");
});

test("offsets count characters, so that an emoji does not shift what follows", () => {
  const text = "disk 🔥 full — naïve 𝔘nicode 👩‍👩‍👧 end";
  assert.deepEqual(joined(pieces(text, 6, 7, 22, 25)), { text, length: [...text].length });
});

test("a repeated or late piece changes nothing", () => {
  const known = wholeText("Looking at memory");
  assert.equal(joinPiece(known, 0, "Looking"), known);
  assert.equal(joinPiece(known, 11, "memory"), known);
});

test("a piece that overlaps brings only what is new, counted in characters", () => {
  assert.equal(joinPiece(wholeText("ab🔥c"), 2, "🔥cde").text, "ab🔥cde");
});

test("a piece after a gap waits for the finished text, and a join's whole text heals the gap", () => {
  const known = wholeText("Looking");
  assert.equal(joinPiece(known, 9, "memory"), known);
  const healed = joinWhole(known, "Looking at ");
  assert.equal(joinPiece(healed, 11, "memory").text, "Looking at memory");
});

test("a join never takes back what the reader has seen", () => {
  const known = wholeText("Looking at memory");
  assert.equal(joinWhole(known, "Looking"), known);
});

test("however pieces are repeated, delayed and mixed with joins, the text is a beginning of the whole", () => {
  const text = "Größe 🔥 of /var: 71 % 👩‍👧 free";
  const length = [...text].length;
  let seed = 7;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 300; round += 1) {
    let known = EMPTY;
    for (let step = 0; step < 30; step += 1) {
      const from = random(length);
      const to = from + 1 + random(length - from);
      const piece = [...text].slice(from, to).join("");
      known = random(4) === 0 ? joinWhole(known, [...text].slice(0, to).join("")) : joinPiece(known, from, piece);
      assert.ok(text.startsWith(known.text));
      assert.equal(known.length, [...known.text].length);
    }
  }
});
