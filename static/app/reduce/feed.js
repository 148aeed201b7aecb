/**
 * The list of incidents: `reduce(state, event) -> state`.
 *
 * State: `{ incidents, arrived, epoch, seq }`; incidents newest first, as REST lists them; `arrived` holds the ids of
 * those that came while somebody was looking.
 */

/** The state that a REST answer begins. */
export function fromSnapshot({ incidents, epoch, seq }) {
  return { incidents, epoch, seq, arrived: {} };
}

/** The state after an event of the room `feed`. */
export function reduce(state, event) {
  const moved = { ...state, seq: event.seq };
  return event.type === "incident" ? withIncident(moved, event.data) : moved;
}

function withIncident(state, incident) {
  const known = state.incidents.some(({ id }) => id === incident.id);
  if (known) {
    return { ...state, incidents: state.incidents.map((one) => (one.id === incident.id ? incident : one)) };
  }
  const incidents = [incident, ...state.incidents].sort(newestFirst);
  return { ...state, incidents, arrived: { ...state.arrived, [incident.id]: true } };
}

function newestFirst(one, other) {
  return Date.parse(other.startedAt) - Date.parse(one.startedAt) || (one.id < other.id ? 1 : -1);
}
