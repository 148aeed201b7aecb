/**
 * One incident: `reduce(state, event) -> state`.
 *
 * The state has exactly the shape of the REST detail. The law: a snapshot, with the events after it, is the snapshot
 * that the server would give then. Kinds of event that are not known here change nothing but the position.
 */

import { withMessage } from "./chat.js";

const CHANGES = {
  incident: (state, data) => ({ ...state, ...data, alert: { ...state.alert, ...data.alert } }),
  status: (state, data) => ({ ...state, ...data }),
  summary: (state, data) => ({ ...state, summary: data.summary, summaryEnded: data.ended }),
  thought: (state, data) => ({ ...state, streamingThoughts: withOne(state.streamingThoughts, data) }),
  suggestion: (state, data) => ({ ...state, suggestions: withOne(state.suggestions, data) }),
  approval: (state, data) => ({ ...state, approvals: withOne(state.approvals, data) }),
  alert: (state, data) => ({ ...state, correlatedAlerts: withOne(state.correlatedAlerts, data).sort(byArrival) }),
  "alert:left": (state, { id }) => ({ ...state, correlatedAlerts: state.correlatedAlerts.filter((one) => one.id !== id) }),
  citation: (state, data) => ({ ...state, citations: withOne(state.citations, data).sort(byNumber) }),
  postmortem: (state, data) => ({ ...state, postmortem: data }),
  message: (state, data) => ({ ...state, chatSessions: withMessage(state.chatSessions, data) }),
};

/** The state after an event of the incident's room. */
export function reduce(state, event) {
  const change = Object.hasOwn(CHANGES, event.type) ? CHANGES[event.type] : (same) => same;
  return { ...change(state, event.data), seq: event.seq };
}

/** A list with one more, or with the newer form of the one with the same id in its place. */
function withOne(list, one) {
  const at = list.findIndex(({ id }) => id === one.id);
  return at < 0 ? [...list, one] : list.with(at, one);
}

function byNumber(one, other) {
  return Number(one.key) - Number(other.key);
}

/** Times of one form compare as texts. */
function byArrival(one, other) {
  const key = ({ receivedAt, id }) => `${receivedAt} ${id}`;
  return key(one) < key(other) ? -1 : 1;
}
