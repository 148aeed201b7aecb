/** The investigation as it thinks: thoughts in the order in which they appeared, growing while they are written. */

import { useComputed } from "@preact/signals";
import { html } from "../lib/html.js";
import { Follow } from "./follow.js";
import { Pulse } from "./pulse.js";
import { Thought } from "./thought.js";
import { useWatched } from "./watching.js";

/** All thoughts of the incident. */
export function ThoughtStream() {
  const { incident, writing } = useWatched();
  const order = useComputed(() => writing.value.order);
  const thoughts = useComputed(() => incident.value.streamingThoughts);
  const running = useComputed(() => incident.value.auroraStatus === "running");
  const stopped = useComputed(() => incident.value.auroraStatus === "idle");
  const byId = new Map(thoughts.value.map((thought) => [thought.id, thought]));
  const isEmpty = order.value.length === 0;
  return html`<${Follow} label="Investigation" fromEnd=${running.peek()}>
    ${isEmpty && html`<${Nothing} auroraStatus=${incident.value.auroraStatus} />`}
    <div role="log" aria-live="polite" aria-label="Thoughts">
      <ol class="thoughts">
        ${order.value.map((id) => html`<${Thought} key=${id} id=${id} thought=${byId.get(id)} />`)}
      </ol>
    </div>
    ${!isEmpty && running.value && html`<p class="at-work"><${Pulse} />Working on it…</p>`}
    ${!isEmpty && stopped.value && html`<p class="nothing">The investigation was stopped here.</p>`}
  <//>`;
}

function Nothing({ auroraStatus }) {
  if (auroraStatus === "running") return html`<p class="at-work"><${Pulse} />Reading the alert…</p>`;
  const text =
    auroraStatus === "idle"
      ? "Nothing is looking into this incident. An investigation can be started above its title."
      : "This incident has no thoughts: it was not investigated.";
  return html`<p class="nothing">${text}</p>`;
}
