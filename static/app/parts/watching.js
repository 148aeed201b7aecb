/** The incident that the parts of its page belong to, and its citations by number. */

import { computed } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useMemo } from "preact/hooks";

export const Watching = createContext(null);

/** The `WatchedIncident` around this part; null outside of an incident's page. */
export const useWatched = () => useContext(Watching);

/** A signal of the citations by their key. */
export function useCitations() {
  const watched = useWatched();
  return useMemo(() => {
    const all = () => watched?.incident.value?.citations ?? [];
    return computed(() => new Map(all().map((citation) => [citation.key, citation])));
  }, [watched]);
}
