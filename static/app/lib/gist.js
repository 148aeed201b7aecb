/** The first block of a Markdown text as plain words, for a line in a list. Pure. */

import { markdown } from "./markdown.js";

const LONGEST = 240;

/** The gist of a summary; `""` when it has none. */
export function gist(text) {
  const first = markdown(String(text ?? "").slice(0, 2000)).find(({ inlines }) => inlines?.length);
  const words = first ? wordsOf(first.inlines).replace(/\s+/g, " ").replace(/ ([.,;:])/g, "$1").trim() : "";
  return words.length <= LONGEST ? words : `${words.slice(0, LONGEST).trimEnd()}…`;
}

function wordsOf(inlines) {
  return inlines.map((node) => (node.inlines ? wordsOf(node.inlines) : (node.text ?? ""))).join("");
}
