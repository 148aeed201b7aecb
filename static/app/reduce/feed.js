/**
 * A list of incidents: `reduce(state, event) -> state`.
 *
 * State: `{ incidents, arrived, nextCursor, filters, epoch, seq }`; incidents newest first, as REST lists them; `arrived`
 * holds the ids of those that came while somebody was looking; `nextCursor` is where older ones begin, or null;
 * `filters` are those that it was asked with.
 */

import { NO_FILTERS, isFiltered, matches } from "./filters.js";

/** The state that a REST answer begins. */
export function fromSnapshot({ incidents, nextCursor = null, epoch, seq }, filters = NO_FILTERS) {
  const isWanted = (one) => matches(one, { ...filters, words: "" }); // words are the server's affair
  return { incidents: isFiltered(filters) ? incidents.filter(isWanted) : incidents, nextCursor, filters, epoch, seq, arrived: {} };
}

/** The state after an event of the room `feed`. What was found stays to be seen, whatever becomes of it. */
export function reduce(state, event) {
  const moved = { ...state, seq: event.seq };
  return event.type === "incident" ? withIncident(moved, event.data) : moved;
}

/** The state with the next page of older incidents. */
export function withOlder(state, { incidents, nextCursor }) {
  const known = new Set(state.incidents.map(({ id }) => id));
  const older = fromSnapshot({ incidents }, state.filters).incidents.filter(({ id }) => !known.has(id));
  return { ...state, incidents: [...state.incidents, ...older].sort(newestFirst), nextCursor };
}

function withIncident(state, incident) {
  const known = state.incidents.some(({ id }) => id === incident.id);
  if (known) {
    return { ...state, incidents: state.incidents.map((one) => (one.id === incident.id ? incident : one)) };
  }
  if ((isFiltered(state.filters) && !matches(incident, state.filters)) || isOlder(state, incident)) return state;
  const incidents = [incident, ...state.incidents].sort(newestFirst);
  return { ...state, incidents, arrived: { ...state.arrived, [incident.id]: true } };
}

/** Whether an incident belongs to a page that was not read. */
function isOlder({ incidents, nextCursor }, incident) {
  return nextCursor !== null && incidents.length > 0 && newestFirst(incidents.at(-1), incident) < 0;
}

function newestFirst(one, other) {
  return Date.parse(other.startedAt) - Date.parse(one.startedAt) || (one.id < other.id ? 1 : -1);
}
