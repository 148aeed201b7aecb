/** Past incidents that are like this one: why, what it was then, and how it ended. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { Age } from "./age.js";
import { Section } from "./section.js";
import { Severity } from "./severity.js";
import { useWatched } from "./watching.js";

export function SimilarIncidents() {
  const { incident, id } = useWatched();
  const work = useComputed(() => incident.value.auroraStatus).value;
  const found = useSignal([]);
  useEffect(() => {
    let isCurrent = true;
    // What cannot be read just now is not missed: it stands beside what is known, and is read again when that changes.
    rest.similarIncidents(id).then(
      (similar) => isCurrent && (found.value = similar),
      () => {},
    );
    return () => (isCurrent = false);
  }, [id, work]);
  if (found.value.length === 0) return null;
  return html`<${Section} title="Similar incidents" count=${found.value.length} name="similar">
    <ul class="list">
      ${found.value.map((one) => html`<${Similar} key=${one.id} similar=${one} />`)}
    </ul>
  <//>`;
}

function Similar({ similar }) {
  const { id, title, severity, startedAt, why, cause, resolution, helpful, notHelpful } = similar;
  const isDoubted = notHelpful > helpful;
  return html`<li class="similar">
    <${Severity} severity=${severity} />
    <div class="similar-text">
      <p class="similar-title"><a href=${`/incidents/${id}`}><bdi>${plain(title)}</bdi></a></p>
      <p class="meta">
        <span><${Age} since=${startedAt} /> ago</span>
        ${resolution && html`<span>${plain(resolution)}</span>`}
      </p>
      ${cause && html`<p class="similar-cause"><bdi>${plain(cause)}</bdi></p>`}
      <p class="similar-why">
        ${plain(why)}
        ${isDoubted && html`${" "}<span class="similar-doubted">Its analysis was found not helpful.</span>`}
        ${!isDoubted && helpful > 0 && html`${" "}<span class="similar-trusted">Its analysis helped.</span>`}
      </p>
    </div>
  </li>`;
}
