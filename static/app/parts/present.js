/** Who else is looking at the incident. */

import { useComputed } from "@preact/signals";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { user } from "../store.js";
import { useWatched } from "./watching.js";

const NAMED = 3;

export function Present() {
  const watched = useWatched();
  const others = useComputed(() => watched.present.value.filter(({ id }) => id !== user.value?.id)).value;
  if (others.length === 0) return null;
  const named = others.slice(0, NAMED).map(({ name }, at) => html`${at > 0 && ", "}<bdi>${plain(name)}</bdi>`);
  const more = others.length - NAMED;
  return html`<span class="present" title=${others.map(({ name }) => plain(name)).join(", ")}>
    also here: ${named}${more > 0 && ` and ${more} more`}
  </span>`;
}
