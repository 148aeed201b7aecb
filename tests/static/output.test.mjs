import assert from "node:assert/strict";
import { test } from "node:test";
import { ansiLines } from "../../static/app/later/lib/ansi.js";
import { linesWith, marked } from "../../static/app/later/lib/finding.js";
import { jsonTree } from "../../static/app/later/lib/json-tree.js";

const textOf = (line) => line.map(({ text }) => text).join("");

test("colours become classes, and go on over lines until they are taken back", () => {
  const lines = ansiLines("\u001b[1;31mbad\nworse\u001b[0m fine \u001b[38;5;2mgreen\u001b[39m.");
  assert.deepEqual(lines[0], [{ text: "bad", look: "ansi-red ansi-bold" }]);
  assert.deepEqual(lines[1].map(({ look }) => look), ["ansi-red ansi-bold", "", "ansi-green", ""]);
});

test("what else a terminal would obey is taken out, and what nobody sees is written out", () => {
  const [line] = ansiLines("a\u001b[2Jb\u001b]0;title\u0007c\u202ed");
  assert.equal(textOf(line), "abc\\u{202e}d");
});

test("codes that make no sense change nothing", () => {
  assert.deepEqual(ansiLines("\u001b[999;;38;2;1;2;3mtext"), [[{ text: "text", look: "" }]]);
});

test("words are found whatever their case, also across pieces", () => {
  const lines = ansiLines("one \u001b[31mPool\u001b[0m gone\nnothing\nthe pool");
  assert.deepEqual(linesWith(lines, "pool g"), [0]);
  assert.deepEqual(linesWith(lines, "POOL"), [0, 2]);
  const pieces = marked(lines[0], "pool g");
  assert.deepEqual(pieces.filter(({ isFound }) => isFound).map(({ text }) => text), ["Pool", " g"]);
  assert.equal(textOf(pieces), "one Pool gone");
});

test("a tree keeps numbers, escapes and the order of keys as they were sent", () => {
  const tree = jsonTree('{"b": 12345678901234567890, "a": ["\\u0041", true, {}], "c": {"d": 1.10}}');
  assert.deepEqual(tree.entries.map(([key]) => key), ['"b"', '"a"', '"c"']);
  assert.deepEqual(tree.entries[0][1], { text: "12345678901234567890", type: "number" });
  assert.deepEqual(tree.entries[1][1].entries[0], [null, { text: '"\\u0041"', type: "string" }]);
  assert.deepEqual(tree.entries[1][1].entries[2][1].entries, []);
  assert.equal(tree.entries[2][1].entries[0][1].text, "1.10");
});

test("what is no object or list, is not JSON, or is nested without end, has no tree", () => {
  for (const text of ["3", '"text"', "{broken", "[1,]", "", `${"[".repeat(5000)}${"]".repeat(5000)}`]) {
    assert.equal(jsonTree(text), null);
  }
});
