/**
 * What the reader is told of the connection: `reduce(state, step) -> state`. Pure.
 *
 * `name` is connecting, live, reconnecting or caught-up (live again after a break, with `missed` events that came in
 * meanwhile); a caught-up becomes live when it was shown long enough.
 */

export const CONNECTING = Object.freeze({ name: "connecting", missed: 0 });

/** The state after a step: `up`, `down`, `replayed` (with `count`), `shown`. */
export function reduce(state, step) {
  switch (step.type) {
    case "up":
      return { name: state.name === "connecting" ? "live" : "caught-up", missed: 0 };
    case "down":
      return { name: state.name === "connecting" ? "connecting" : "reconnecting", missed: 0 };
    case "replayed":
      return state.name === "caught-up" ? { ...state, missed: state.missed + step.count } : state;
    case "shown":
      return state.name === "caught-up" ? { name: "live", missed: 0 } : state;
    default:
      return state;
  }
}
