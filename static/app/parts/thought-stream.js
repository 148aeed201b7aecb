/**
 * The investigation as it thinks: thoughts in the order in which they appeared, growing while they are written, those
 * about one hypothesis together.
 */

import { useComputed, useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { pieces } from "../lib/pieces.js";
import { Follow } from "./follow.js";
import { Progress } from "./progress.js";
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
  const before = useRef([]);
  const byId = new Map(thoughts.value.map((thought) => [thought.id, thought]));
  const shown = pieces(order.value, byId, before.current);
  before.current = shown;
  const isEmpty = order.value.length === 0;
  return html`<div class="thinking">
    <${Progress} />
    <${Follow} label="Investigation" fromEnd=${running.peek()}>
      ${isEmpty && html`<${Nothing} auroraStatus=${incident.value.auroraStatus} />`}
      <div role="log" aria-live="polite" aria-label="Thoughts">
        ${shown.map((piece) => html`<${Piece} key=${piece.key} piece=${piece} />`)}
      </div>
      ${!isEmpty && running.value && html`<p class="at-work"><${Pulse} />Working on it…</p>`}
      ${!isEmpty && stopped.value && html`<p class="nothing">The investigation was stopped here.</p>`}
    <//>
  </div>`;
}

/** A piece is drawn anew only when it changed; the browser passes over those that are out of sight. */
function Piece({ piece }) {
  return useMemo(() => {
    const [first, ...rest] = piece.items;
    const thought = ({ id, thought: known }) => html`<${Thought} key=${id} id=${id} thought=${known} />`;
    if (piece.isGroup) return html`<${Group} head=${thought(first)} rest=${rest.map(thought)} />`;
    const look = piece.goesOn ? "thoughts thoughts-within" : "thoughts";
    return html`<ol class=${look}>${piece.items.map(thought)}</ol>`;
  }, [piece]);
}

/** A hypothesis with what was thought about it, which can be folded. */
function Group({ head, rest }) {
  const isFolded = useSignal(false);
  const toggle = () => (isFolded.value = !isFolded.value);
  return html`<div class="thought-group" role="group" aria-label="Hypothesis">
    <ol class="thoughts">${head}</ol>
    ${rest.length > 0 &&
    html`<button type="button" class="thought-fold" aria-expanded=${!isFolded.value} onClick=${toggle}>
      ${isFolded.value ? `Show ${rest.length} ${rest.length === 1 ? "thought" : "thoughts"} about it` : "Fold"}
    </button>`}
    ${!isFolded.value && rest.length > 0 && html`<ol class="thoughts thoughts-within">${rest}</ol>`}
  </div>`;
}

function Nothing({ auroraStatus }) {
  if (auroraStatus === "running") return html`<p class="at-work"><${Pulse} />Reading the alert…</p>`;
  const text =
    auroraStatus === "idle"
      ? "Nothing is looking into this incident. An investigation can be started above its title."
      : "This incident has no thoughts: it was not investigated.";
  return html`<p class="nothing">${text}</p>`;
}
