/**
 * What happened around an incident, for a picture with one axis of time and a lane for each kind. Pure.
 *
 * A happening is `{ lane, at, until, kind, title, text }`: `at` and `until` in milliseconds (`until` only for what lasts;
 * Infinity while it does), `kind` a name for its look, `text` Markdown. The axis is stretched where much happens: an
 * investigation of seconds would be a dot beside an alert of hours.
 */

export const LANES = [
  ["alerts", "Alerts"],
  ["changes", "Changes"],
  ["findings", "Findings"],
  ["chat", "Chat"],
  ["status", "Status"],
];

const THOUGHTS = {
  hypothesis: "Hypothesis",
  observation: "Observation",
  analysis: "Analysis",
  ruled_out: "Ruled out",
  limitation: "Could not check",
};
const LONGEST = 400;
const STRETCH_MS = 2_000;

/** All that happened, the oldest first. */
export function happenings(incident, surroundings) {
  const all = [
    ...alerts(incident, surroundings?.alerts ?? []),
    ...(surroundings?.changes ?? []).map(change),
    ...incident.streamingThoughts.map(finding),
    ...incident.chatSessions.flatMap(({ messages }) => messages.map(message)),
    ...standing(incident),
  ];
  return all.filter(({ at }) => Number.isFinite(at)).sort((one, other) => one.at - other.at);
}

/** Before the ends of alerts are read, only that each began is known. */
function alerts(incident, spans) {
  if (spans.length === 0) {
    const { alert, severity, startedAt, resolvedAt } = incident;
    spans = [{ title: alert.title, service: alert.service, severity, startedAt, endedAt: resolvedAt, status: "" }];
  }
  return spans.map(({ title, service, severity, status, startedAt, endedAt, receivedCount = 1 }) => ({
    lane: "alerts",
    at: Date.parse(startedAt),
    until: endedAt ? Date.parse(endedAt) : status === "resolved" ? Date.parse(startedAt) : Infinity,
    kind: severity,
    title: endedAt || status === "resolved" ? "Alert, over" : "Alert",
    text: escaped(`${title}${service && ` (${service})`}${receivedCount > 1 ? `, told ${receivedCount} times` : ""}`),
  }));
}

function change({ at, service, kind, version, by, text, failed, citation }) {
  const what = [service, version && `version ${version}`, by && `by ${by}`].filter(Boolean).join(", ");
  return {
    lane: "changes",
    at: Date.parse(at),
    kind: failed ? "failed" : "change",
    title: kind === "other" ? "Change" : kind[0].toUpperCase() + kind.slice(1),
    text: `${escaped([what, text].filter(Boolean).join(": "))}${failed ? " It failed." : ""} [${citation}]`,
  };
}

function finding({ timestamp, type, content }) {
  return { lane: "findings", at: Date.parse(timestamp), kind: type, title: THOUGHTS[type] ?? THOUGHTS.analysis, text: cut(content) };
}

function message({ timestamp, sender, text }) {
  const title = sender === "user" ? "Question" : "Answer";
  return { lane: "chat", at: Date.parse(timestamp), kind: sender, title, text: sender === "user" ? escaped(cut(text)) : cut(text) };
}

function standing({ createdAt, analyzedAt, resolvedAt, mergedInto, approvals }) {
  const moment = (at, kind, title, text) => (at ? [{ lane: "status", at: Date.parse(at), kind, title, text }] : []);
  return [
    ...moment(createdAt, "opened", "Opened", "The incident was opened."),
    ...moment(analyzedAt, "analyzed", "Analyzed", "The summary was written."),
    ...moment(resolvedAt, "resolved", mergedInto ? "Merged" : "Resolved", mergedInto ? "It lives on in another incident." : "The incident is over."),
    ...approvals.flatMap(({ decided_at: at, status, by_name: name, command }) =>
      moment(at, status, status === "approved" ? "Approved" : "Declined", escaped(`${name}: ${command}`)),
    ),
  ];
}

const cut = (text) => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`);

/** Text that is no Markdown, so that Markdown shows it as it is. */
const escaped = (text) => cut(String(text)).replace(/[\\`*_[\]()#>~-]/g, "\\$&");

/**
 * The axis: `{ from, to, at(time) -> 0..1, time(share) -> time }`. Straight between two moments at which something
 * happens; a stretch of time takes room by the logarithm of its length.
 */
export function axis(all, now) {
  const moments = new Set(all.flatMap(({ at, until }) => [at, ...(Number.isFinite(until) ? [until] : [])]));
  if (all.some(({ until }) => until === Infinity)) moments.add(Math.max(now, ...moments));
  const knots = [...moments].sort((one, other) => one - other);
  const shares = [0];
  for (let at = 1; at < knots.length; at += 1) shares.push(shares[at - 1] + Math.log1p((knots[at] - knots[at - 1]) / STRETCH_MS));
  const whole = shares.at(-1) || 1;
  const between = (list, other, value) => {
    let at = list.findIndex((one) => one >= value);
    if (at < 0) return other.at(-1);
    if (at === 0) return other[0];
    at -= 1;
    return other[at] + ((value - list[at]) / (list[at + 1] - list[at])) * (other[at + 1] - other[at]);
  };
  return {
    from: knots[0],
    to: knots.at(-1),
    at: (time) => between(knots, shares, Math.min(time, knots.at(-1))) / whole,
    time: (share) => between(shares, knots, share * whole),
  };
}

/** Marks of one lane: happenings that would lie on each other become one, `{ x, all }`. `x` gives places in pixels. */
export function marks(lane, x, apart) {
  const found = [];
  for (const one of lane) {
    const at = x(one.at);
    const last = found.at(-1);
    if (last && at - last.x < apart) last.all.push(one);
    else found.push({ x: at, all: [one] });
  }
  return found;
}

/** Rows for what lasts, so that nothing hides something else, as far as there are `most` rows: `{ row, one }` each. */
export function rows(lasting, most) {
  const ends = [];
  return lasting.map((one) => {
    let row = ends.findIndex((end) => end <= one.at);
    if (row < 0) row = ends.length < most ? ends.length : ends.indexOf(Math.min(...ends));
    ends[row] = Math.max(ends[row] ?? 0, one.until);
    return { row, one };
  });
}
