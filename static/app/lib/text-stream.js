/**
 * The one rule for text that is still being written: pieces are joined by offset.
 *
 * A text is `{ text, length }`; `length` and offsets count Unicode code points, as the server does, not UTF-16 units.
 * A repeated or late piece changes nothing (the same object comes back). A piece beyond the end would leave a gap and
 * is not taken: the finished text comes as an event anyway, and a join brings the whole partial text.
 */

export const EMPTY = Object.freeze({ text: "", length: 0 });

/** A text of which everything so far is known, as the acknowledgement of a join tells it. */
export function wholeText(text) {
  return { text, length: codePoints(text) };
}

/** `known` with a piece that begins at `offset`. */
export function joinPiece(known, offset, piece) {
  const end = offset + codePoints(piece);
  if (offset > known.length || end <= known.length) return known;
  const fresh = offset === known.length ? piece : fromCodePoint(piece, known.length - offset);
  return { text: known.text + fresh, length: end };
}

/** The longer of what is known and what a join told: neither ever takes back what the reader has seen. */
export function joinWhole(known, text) {
  const whole = wholeText(text);
  return whole.length > known.length ? whole : known;
}

function codePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function fromCodePoint(text, start) {
  return Array.from(text).slice(start).join("");
}
