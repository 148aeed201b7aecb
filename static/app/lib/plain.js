/**
 * Text from outside, made plain: what is shown is what is there, and what is copied is what was shown.
 *
 * Colour codes of terminals go; characters that reorder or hide text (they could make a command read differently from
 * what it does) are written out.
 */

const TERMINAL_CODES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** `text` without terminal codes, with characters that nobody sees written as `\u{202e}`. */
export function plain(text) {
  return String(text ?? "")
    .replace(/\r\n?/g, "\n")
    .replace(TERMINAL_CODES, "")
    .replace(UNSEEN, (unseen) => `\\u{${unseen.codePointAt(0).toString(16)}}`);
}

/** A link's address if it is safe to follow (http or https), else null. */
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}
