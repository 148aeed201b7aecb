/**
 * Colours of terminals: text with SGR codes (ECMA-48, 8.3.117) into lines of pieces with classes. Pure.
 *
 * A piece is `{ text, look }`; `look` is classes such as `ansi-red ansi-bold`, or `""`. Everything else that a terminal
 * would obey is taken out, and what nobody sees is written out, by `plain`. Colours of more than 16 are left as text.
 */

import { plain } from "../../lib/plain.js";

const SGR = /\u001b\[([\d;:]*)m/g;
const COLOURS = ["faint", "red", "green", "yellow", "blue", "magenta", "cyan", "plain"];
const STYLES = { 1: "bold", 2: "dim", 3: "italic", 4: "underline" };
const CLEARED = { 22: ["bold", "dim"], 23: ["italic"], 24: ["underline"], 39: ["colour"] };

/** The lines of a text, each a list of pieces. */
export function ansiLines(text) {
  const lines = [[]];
  let look = {};
  let at = 0;
  const say = (piece) => {
    plain(piece)
      .split("\n")
      .forEach((part, index) => {
        if (index > 0) lines.push([]);
        if (part) lines.at(-1).push({ text: part, look: classes(look) });
      });
  };
  const source = String(text ?? "");
  for (const code of source.matchAll(SGR)) {
    say(source.slice(at, code.index));
    look = after(look, code[1]);
    at = code.index + code[0].length;
  }
  say(source.slice(at));
  return lines;
}

function after(look, codes) {
  let next = { ...look };
  const numbers = codes.split(/[;:]/).map(Number);
  for (let at = 0; at < numbers.length; at += 1) {
    const code = numbers[at];
    if (code === 38 || code === 48) {
      const isIndexed = numbers[at + 1] === 5;
      if (code === 38 && isIndexed && numbers[at + 2] < 16) next.colour = COLOURS[numbers[at + 2] % 8];
      at += isIndexed ? 2 : 4;
    } else next = changed(next, code);
  }
  return next;
}

function changed(look, code) {
  if (code === 0) return {};
  if (Object.hasOwn(STYLES, code)) return { ...look, [STYLES[code]]: true };
  const cleared = CLEARED[code];
  if (cleared) return Object.fromEntries(Object.entries(look).filter(([name]) => !cleared.includes(name)));
  const colour = code >= 90 ? code - 90 : code - 30;
  return colour >= 0 && colour < 8 ? { ...look, colour: COLOURS[colour] } : look;
}

function classes({ colour, ...styles }) {
  const names = [...(colour && colour !== "plain" ? [colour] : []), ...Object.keys(styles)];
  return names.map((name) => `ansi-${name}`).join(" ");
}
