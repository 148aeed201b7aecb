/**
 * JSON text with line breaks and indentation. Works on the text: numbers, escapes and the order of keys stay exactly as
 * they were sent, which parsing and writing again would not promise.
 */

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;
const DEEPEST = 40;

/** `text` indented, or as it is when it is not JSON. */
export function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return written(text.match(TOKENS) ?? []);
}

function written(tokens) {
  let depth = 0;
  const line = () => "\n" + "  ".repeat(Math.min(depth, DEEPEST));
  return tokens
    .map((token, at) => {
      if (token === "{" || token === "[") {
        depth += 1;
        return isClosing(tokens[at + 1]) ? token : token + line();
      }
      if (isClosing(token)) {
        depth -= 1;
        return isOpening(tokens[at - 1]) ? token : line() + token;
      }
      if (token === ",") return token + line();
      return token === ":" ? ": " : token;
    })
    .join("");
}

const isOpening = (token) => token === "{" || token === "[";
const isClosing = (token) => token === "}" || token === "]";
