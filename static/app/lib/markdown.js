/**
 * A small, safe Markdown: text in, a tree of plain objects out. There is no raw HTML, ever: `<b>` is four characters.
 *
 * Blocks: paragraph, heading, list, code, quote, rule. What stands within them is read by `inline.js`.
 * Lines are only ever read forwards, and nesting has a floor, so hostile text costs no more than its length.
 */

import { inlines } from "./inline.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;
const RULE = /^ {0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,12})([-*+]|(\d{1,6})[.)])(?:\s+|$)/;
const DEEPEST = 6;

/** The blocks of a Markdown text. */
export function markdown(text) {
  return blocks(String(text ?? "").replace(/\r\n?/g, "\n").replace(/\t/g, "    ").split("\n"), 0);
}

function blocks(lines, depth) {
  const found = [];
  let at = 0;
  while (at < lines.length) {
    if (lines[at].trim() === "") {
      at += 1;
      continue;
    }
    const [block, next] = blockAt(lines, at, depth);
    found.push(block);
    at = next;
  }
  return found;
}

function blockAt(lines, at, depth) {
  const line = lines[at];
  const heading = HEADING.exec(line);
  if (FENCE.test(line)) return codeAt(lines, at);
  if (heading) return [{ type: "heading", level: heading[1].length, inlines: inlines(heading[2]) }, at + 1];
  if (RULE.test(line)) return [{ type: "rule" }, at + 1];
  if (depth < DEEPEST && QUOTE.test(line)) return quoteAt(lines, at, depth);
  if (depth < DEEPEST && ITEM.test(line)) return listAt(lines, at, depth);
  return paragraphAt(lines, at);
}

function codeAt(lines, at) {
  const [, fence, language] = FENCE.exec(lines[at]);
  const isEnd = (line) => line.trim().startsWith(fence) && line.trim().replaceAll(fence[0], "") === "";
  let end = at + 1;
  while (end < lines.length && !isEnd(lines[end])) end += 1;
  return [{ type: "code", language, text: lines.slice(at + 1, end).join("\n") }, end + 1];
}

function quoteAt(lines, at, depth) {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end])) end += 1;
  const quoted = lines.slice(at, end).map((line) => line.replace(QUOTE, ""));
  return [{ type: "quote", blocks: blocks(quoted, depth + 1) }, end];
}

function listAt(lines, at, depth) {
  const [, indent, , number] = ITEM.exec(lines[at]);
  const ordered = number !== undefined;
  const items = [];
  let next = at;
  while (next < lines.length) {
    const item = ITEM.exec(lines[next]);
    if (!item || item[1].length !== indent.length || (item[3] !== undefined) !== ordered) break;
    const end = itemEnd(lines, next, indent.length);
    const width = item[0].length;
    const further = lines.slice(next + 1, end).map((line) => dedented(line, width));
    items.push(blocks([lines[next].slice(width), ...further], depth + 1));
    next = end;
    while (next < lines.length && lines[next].trim() === "") next += 1;
  }
  return [{ type: "list", ordered, start: ordered ? Number(number) : 1, items }, next];
}

/** Where an item ends: at the next item or block that is not indented further, or at text after an empty line. */
function itemEnd(lines, at, indent) {
  let end = at + 1;
  while (end < lines.length) {
    const line = lines[end];
    const isDeeper = line.search(/\S/) > indent;
    if (line.trim() !== "" && !isDeeper && (startsBlock(line) || lines[end - 1].trim() === "")) break;
    end += 1;
  }
  while (lines[end - 1].trim() === "") end -= 1;
  return end;
}

function paragraphAt(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() !== "" && !startsBlock(lines[end])) end += 1;
  return [{ type: "paragraph", inlines: inlines(lines.slice(at, end).map((line) => line.trim()).join("\n")) }, end];
}

function startsBlock(line) {
  return [FENCE, HEADING, RULE, QUOTE, ITEM].some((start) => start.test(line));
}

function dedented(line, width) {
  return line.slice(Math.min(width, Math.max(0, line.search(/\S|$/))));
}
