/** How severe: the words of many vendors in five levels, each with its own shape and colour. */

export const LEVELS = ["critical", "high", "medium", "low", "unknown"];

const SAME = {
  critical: "critical", fatal: "critical", emergency: "critical", disaster: "critical", page: "critical",
  p1: "critical",
  high: "high", error: "high", major: "high", p2: "high",
  medium: "medium", warning: "medium", warn: "medium", minor: "medium", average: "medium", p3: "medium",
  low: "low", info: "low", information: "low", informational: "low", notice: "low", p4: "low", p5: "low",
};

/** The words that vendors have for a level. */
export function wordsOf(level) {
  return Object.keys(SAME).filter((word) => SAME[word] === level);
}

/** The level of a severity as its source calls it; `unknown` for a word that nobody knows. */
export function levelOf(severity) {
  const word = String(severity ?? "").trim().toLowerCase();
  return Object.hasOwn(SAME, word) ? SAME[word] : "unknown";
}
