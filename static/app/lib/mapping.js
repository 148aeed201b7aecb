/** What the editor of a mapping knows by itself. Pure. */

/** The fields of an alert, in the order in which one thinks of them, and what each is for. */
export const FIELDS = {
  alerts: "The list of alerts in a payload",
  fingerprint: "Which alert it is: the same when it resolves",
  title: "What is wrong, in a few words",
  status: "firing, acknowledged, resolved; ok, closed, up … end it",
  severity: "critical, high, P1 …",
  service: "What is affected",
  environment: "production, staging …",
  description: "In more words",
  labels: "An object of texts, or a list of tags",
  started_at: "When it began",
  ended_at: "When it was over",
  changed_at: "When it took this state",
  acknowledged_by: "Who is on it",
  url: "A page about it",
};

/** A mapping without what is empty. */
export function written(mapping) {
  const given = Object.entries(mapping).map(([field, expression]) => [field, expression.trim()]);
  return Object.fromEntries(given.filter(([, expression]) => expression));
}

/** The value of a JSON text that can be a payload: `{ value }`, or `{ problem }` in words. */
export function parsed(text) {
  if (!text.trim()) return { problem: "" };
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === "object") return { value };
    return { problem: "A payload is an object or a list." };
  } catch (error) {
    return { problem: `This is not JSON: ${error.message}.` };
  }
}

const LONGEST = 160;

/** What an expression yields, in short: text as it is, all else as JSON, `""` for nothing. */
export function yielded(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
