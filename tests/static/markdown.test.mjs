import assert from "node:assert/strict";
import test from "node:test";
import { gist } from "../../static/app/lib/gist.js";
import { inlines } from "../../static/app/lib/inline.js";
import { markdown } from "../../static/app/lib/markdown.js";

const words = (nodes) => nodes.map((node) => node.text ?? (node.inlines ? words(node.inlines) : `[${node.key}]`)).join("");
const types = (text) => inlines(text).map(({ type }) => type);

test("a summary as the investigator writes it becomes paragraphs and lists", () => {
  const blocks = markdown("**Likely cause:** disk [1].\n\n**Ruled out**\n- Memory [2]\n- CPU\n\nEnd");
  assert.deepEqual(blocks.map(({ type }) => type), ["paragraph", "paragraph", "list", "paragraph"]);
  assert.equal(blocks[2].items.length, 2);
  assert.deepEqual(blocks[0].inlines.map(({ type }) => type), ["bold", "text", "citation", "text"]);
});

test("setup text keeps its code, and lists keep their numbers and nested items", () => {
  const [before, code, list] = markdown("Add:\n\n```yaml\nroutes:\n  - url: '<b>'\n\n```\n3. One\n   more\n   - inner\n4. Two\n\n   still two");
  assert.equal(before.type, "paragraph");
  assert.deepEqual(code, { type: "code", language: "yaml", text: "routes:\n  - url: '<b>'\n" });
  assert.equal(list.start, 3);
  assert.deepEqual(list.items[0].map(({ type }) => type), ["paragraph", "list"]);
  assert.deepEqual(list.items[1].map(({ type }) => type), ["paragraph", "paragraph"]);
});

test("headings, quotes and rules are told apart from text", () => {
  const blocks = markdown("## Title ##\n> quoted\n> more\n\n---\n#nothing");
  assert.deepEqual(blocks.map(({ type }) => type), ["heading", "quote", "rule", "paragraph"]);
});

test("a citation is a number in brackets, and nothing else is", () => {
  assert.deepEqual(types("[12]"), ["citation"]);
  for (const text of ["[x]", "[1,2]", "[-1]", "[123456]", "[ 1]", "arr[i]"]) assert.deepEqual(types(text), ["text"], text);
  assert.deepEqual(inlines("`[1]`"), [{ type: "code", text: "[1]" }]);
});

test("names with underscores and stars stay what they are", () => {
  for (const text of ["process_cpu_seconds_total", "2 * 3 * 4", "a_b_c", "*", "** not bold **", "5 * x_y"]) {
    assert.equal(words(inlines(text)), text);
  }
  assert.deepEqual(types("*a* **b** _c_ __d__"), ["italic", "text", "bold", "text", "italic", "text", "bold"]);
});

test("bold and code that are still being written do not show their marks", () => {
  assert.deepEqual(types("**Likely cau"), ["bold"]);
  assert.deepEqual(types("run `ps -o"), ["text", "code"]);
});

test("only http and https links can be followed", () => {
  assert.deepEqual(inlines("[docs](https://a.example/x)"), [{ type: "link", href: "https://a.example/x", text: "docs" }]);
  assert.deepEqual(types("see https://a.example/y."), ["text", "link", "text"]);
  const hostile = ["[x](javascript:alert(1))", "[x](data:text/html,<b>)", "[x](//evil.example)", "[x](JaVaScRiPt:alert)", "[x](vbscript:x)"];
  for (const text of hostile) assert.ok(!types(text).includes("link"), text);
});

test("markup in foreign text is only ever text", () => {
  const text = '<script>alert(1)</script> <img src=x onerror="alert(1)"> &lt;';
  assert.deepEqual(markdown(text), [{ type: "paragraph", inlines: [{ type: "text", text }] }]);
});

test("hostile text costs no more than its length", () => {
  const floods = ["[", "*", "**a ", "*a ", " _a", "`", "_a_", "> ", "- ", "[a](", "\\", "1. \n", "    - a\n", "[a](https://x/(", "``` \n"];
  for (const flood of floods) {
    const blocks = markdown(flood.repeat(Math.floor(200_000 / flood.length)));
    assert.ok(Array.isArray(blocks), flood);
  }
});

test("the list shows the first claim of a summary in plain words", () => {
  assert.equal(gist("# \n**Likely cause:** disk `/var` [1]; likely [2]."), "Likely cause: disk /var; likely.");
  assert.equal(gist(""), "");
  assert.ok(gist("word ".repeat(200)).length <= 241);
});
