/**
 * JSON text as a tree that can be folded. Works on the text, as `json-text.js` does: numbers, escapes and the order
 * of keys stay exactly as they were sent.
 *
 * A node is `{ open, close, entries }` with entries `[key, node]` (`key` is null in a list), or `{ text, type }`.
 */

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;
const DEEPEST = 200;
const LONGEST = 2_000_000;

/** The tree of a JSON text that is an object or a list; null for anything else, and for what is too deep or too long. */
export function jsonTree(text) {
  if (!/^\s*[[{]/.test(text) || text.length > LONGEST) return null;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const reading = { tokens: text.match(TOKENS), at: 0 };
  return node(reading, 0);
}

function node(reading, depth) {
  const token = reading.tokens[reading.at];
  reading.at += 1;
  if (token !== "{" && token !== "[") return { text: token, type: typeOf(token) };
  if (depth >= DEEPEST) return null;
  const close = token === "{" ? "}" : "]";
  const entries = [];
  while (reading.tokens[reading.at] !== close) {
    let key = null;
    if (close === "}") {
      key = reading.tokens[reading.at];
      reading.at += 2;
    }
    const inner = node(reading, depth + 1);
    if (inner === null) return null;
    entries.push([key, inner]);
    if (reading.tokens[reading.at] === ",") reading.at += 1;
  }
  reading.at += 1;
  return { open: token, close, entries };
}

function typeOf(token) {
  if (token.startsWith('"')) return "string";
  return /^[-\d]/.test(token) ? "number" : "word";
}
