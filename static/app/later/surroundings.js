/** What lies around the incident, as pictures: the time line, and who calls whom. */

import { useComputed } from "@preact/signals";
import { html } from "../lib/html.js";
import { Section } from "../parts/section.js";
import { useWatched } from "../parts/watching.js";
import { Calls } from "./calls.js";
import { TimeLine } from "./timeline.js";

export function Surroundings() {
  const { surroundings } = useWatched();
  const hasCalls = useComputed(() => (surroundings.value?.calls.length ?? 0) > 0).value;
  return html`<${Section} title="Time line" name="timeline"><${TimeLine} /><//>
    ${hasCalls && html`<${Section} title="Who calls whom" name="calls"><${Calls} /><//>`}`;
}
