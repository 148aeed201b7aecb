/** The incident that the parts of its page belong to. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";

export const Watching = createContext(null);

/** The `WatchedIncident` around this part; null outside of an incident's page. */
export const useWatched = () => useContext(Watching);

const NONE = { value: undefined };
const nothing = () => NONE;

/** A way from a citation's key to a signal of the citation; the same way as long as the incident is the same. */
export const useCitations = () => useWatched()?.citation ?? nothing;
