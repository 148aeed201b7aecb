/**
 * What stands within a Markdown block: text, bold, italics, code, links, and `[n]`, which cites a look.
 *
 * A mark that is not closed is text like any other, but for bold and code, which close themselves at the end: a text
 * that is still being written would flicker otherwise.
 */

import { safeUrl } from "./plain.js";

const CITATION = /^\[(\d{1,5})\](?!\()/;
const LINK = /^\[([^[\]\n]{1,500})\]\(<?([^\s<>()]{1,2000})>?(?:\s+"[^"\n]{0,500}")?\)/;
const BARE_URL = /^https?:\/\/[^\s<>"'`\])]+/;
const SPECIAL = /[\\`*_[\nh]/g;
const ESCAPABLE = /[\\`*_[\]()#>~-]/;
const DEEPEST = 4;

/** The inline nodes of a text. */
export function inlines(text, depth = 0) {
  const nodes = [];
  const unclosed = new Set(); // marks that never close from here on: searched for once, not again at each
  let plainFrom = 0;
  let at = nextSpecial(text, 0);
  while (at < text.length) {
    const found = nodeAt(text, at, depth, unclosed);
    if (!found) {
      at = nextSpecial(text, at + 1);
      continue;
    }
    if (at > plainFrom) nodes.push({ type: "text", text: text.slice(plainFrom, at) });
    nodes.push(found.node);
    plainFrom = found.end;
    at = nextSpecial(text, plainFrom);
  }
  if (plainFrom < text.length) nodes.push({ type: "text", text: text.slice(plainFrom) });
  return nodes;
}

function nextSpecial(text, from) {
  SPECIAL.lastIndex = from;
  const match = SPECIAL.exec(text);
  return match ? match.index : text.length;
}

function nodeAt(text, at, depth, unclosed) {
  switch (text[at]) {
    case "\\":
      return ESCAPABLE.test(text[at + 1] ?? "") ? { node: { type: "text", text: text[at + 1] }, end: at + 2 } : null;
    case "\n":
      return { node: { type: "text", text: " " }, end: at + 1 };
    case "`":
      return codeAt(text, at);
    case "*":
    case "_":
      return depth < DEEPEST ? emphasisAt(text, at, depth, unclosed) : null;
    case "[":
      return bracketAt(text, at);
    default:
      return urlAt(text, at);
  }
}

function codeAt(text, at) {
  const ticks = /^`+/.exec(text.slice(at, at + 8))[0];
  const closing = text.indexOf(ticks, at + ticks.length);
  const end = closing < 0 ? text.length : closing;
  if (end === at + ticks.length) return null;
  const node = { type: "code", text: text.slice(at + ticks.length, end) };
  return { node, end: Math.min(text.length, end + ticks.length) };
}

function emphasisAt(text, at, depth, unclosed) {
  const mark = text[at + 1] === text[at] ? text[at].repeat(2) : text[at];
  const inWord = mark[0] === "_" && /\w/.test(text[at - 1] ?? "");
  if (inWord || unclosed.has(mark) || !/\S/.test(text[at + mark.length] ?? "")) return null;
  const closing = closingMark(text, mark, at + mark.length);
  if (closing < 0 && mark.length === 1) {
    unclosed.add(mark);
    return null;
  }
  const end = closing < 0 ? text.length : closing;
  const type = mark.length === 2 ? "bold" : "italic";
  const node = { type, inlines: inlines(text.slice(at + mark.length, end), depth + 1) };
  return { node, end: Math.min(text.length, end + mark.length) };
}

/** Where a mark closes: after something that is no space and, for one underscore, not within a word; -1 if nowhere. */
function closingMark(text, mark, from) {
  const limit = text.length;
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + mark.length)) {
    const after = text[at + mark.length] ?? "";
    const isDouble = mark.length === 1 && (after === mark || (text[at - 1] === mark && at - 1 >= from));
    const inWord = mark[0] === "_" && /\w/.test(after);
    if (at > from && at < limit && !isDouble && !inWord && /\S/.test(text[at - 1])) return at;
  }
  return -1;
}

function bracketAt(text, at) {
  const rest = text.slice(at, at + 4000);
  const citation = CITATION.exec(rest);
  if (citation) return { node: { type: "citation", key: citation[1] }, end: at + citation[0].length };
  const link = LINK.exec(rest);
  const href = link && safeUrl(link[2]);
  return href ? { node: { type: "link", href, text: link[1] }, end: at + link[0].length } : null;
}

function urlAt(text, at) {
  if (/\w/.test(text[at - 1] ?? "")) return null;
  const match = BARE_URL.exec(text.slice(at, at + 2000));
  if (!match) return null;
  const shown = match[0].replace(/[.,;:!?]+$/, "");
  const href = safeUrl(shown);
  return href ? { node: { type: "link", href, text: shown }, end: at + shown.length } : null;
}
