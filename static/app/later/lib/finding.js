/** Finding words in lines of pieces. Pure. */

/** The indices of the lines that hold `words`, whatever their case. */
export function linesWith(lines, words) {
  const wanted = words.toLowerCase();
  if (!wanted) return [];
  return lines.flatMap((line, at) => (textOf(line).toLowerCase().includes(wanted) ? [at] : []));
}

/** A line's pieces, cut so that those of `words` are marked. A word may begin in one piece and end in another. */
export function marked(line, words) {
  const wanted = words.toLowerCase();
  const spans = wanted ? spansOf(textOf(line).toLowerCase(), wanted) : [];
  if (spans.length === 0) return line;
  const pieces = [];
  let from = 0;
  for (const piece of line) {
    const to = from + piece.text.length;
    let at = from;
    for (const [start, end] of spans) {
      if (end <= at || start >= to) continue;
      if (start > at) pieces.push(part(piece, from, at, start, false));
      pieces.push(part(piece, from, Math.max(start, at), Math.min(end, to), true));
      at = Math.min(end, to);
    }
    if (at < to) pieces.push(part(piece, from, at, to, false));
    from = to;
  }
  return pieces;
}

const part = (piece, from, start, end, isFound) => ({ ...piece, text: piece.text.slice(start - from, end - from), isFound });

function spansOf(text, wanted) {
  const spans = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    spans.push([at, at + wanted.length]);
  }
  return spans;
}

const textOf = (line) => line.map(({ text }) => text).join("");
