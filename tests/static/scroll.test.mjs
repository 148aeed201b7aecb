import assert from "node:assert/strict";
import test from "node:test";
import { AT_END, scrolled, showsEnd } from "../../static/app/lib/scroll.js";

const box = (scrollTop, scrollHeight = 1000, clientHeight = 400) => ({ scrollTop, scrollHeight, clientHeight });

test("a reader at the end is followed, also a few pixels from it", () => {
  assert.ok(showsEnd(box(600)));
  assert.ok(showsEnd(box(570)));
  assert.ok(!showsEnd(box(400)));
});

test("a reader who scrolls up is let go, and taken along again at the end", () => {
  const atEnd = scrolled(AT_END, box(600));
  const reading = scrolled(atEnd, box(300));
  assert.equal(reading.following, false);
  assert.equal(scrolled(reading, box(450)).following, false);
  assert.equal(scrolled(reading, box(600)).following, true);
});

test("text that grows faster than the page scrolls is not mistaken for a reader who left", () => {
  const atEnd = scrolled(AT_END, box(600));
  assert.equal(scrolled(atEnd, box(620, 1500)).following, true);
});

test("content that becomes shorter keeps a reader at the end", () => {
  assert.equal(scrolled({ following: true, top: 900 }, box(300, 700)).following, true);
});
