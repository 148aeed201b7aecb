/**
 * The investigation as it thinks: thoughts in the order in which they appeared, growing while they are written, those
 * about one hypothesis together.
 */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { pieces } from "../lib/pieces.js";
import { Follow } from "./follow.js";
import { Progress } from "./progress.js";
import { Pulse } from "./pulse.js";
import { Thought } from "./thought.js";
import { useWatched } from "./watching.js";

const FIRST = 6;
const MORE = 4;
const MORE_MS = 20;

/** All thoughts of the incident. Of a long one, what is read first is there first; the rest comes in small steps. */
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
  const fromEnd = running.peek();
  const room = useSteps(shown.length);
  const isWhole = room === Infinity;
  const isFilled = (at) => (fromEnd ? at >= shown.length - room : at < room);
  const isEmpty = order.value.length === 0;
  return html`<div class="thinking">
    <${Progress} />
    <${Follow} label="Investigation" fromEnd=${fromEnd}>
      ${isEmpty && html`<${Nothing} auroraStatus=${incident.value.auroraStatus} />`}
      <div role="log" aria-live=${isWhole ? "polite" : "off"} aria-busy=${!isWhole} aria-label="Thoughts">
        ${shown.map((piece, at) => html`<${Piece} key=${piece.key} piece=${piece} isFilled=${isFilled(at)} />`)}
      </div>
      ${!isEmpty && stopped.value && html`<p class="nothing">The investigation was stopped here.</p>`}
    <//>
  </div>`;
}

/** How many of `count` pieces have room by now; Infinity once all had. */
function useSteps(count) {
  const room = useSignal(FIRST);
  const isWhole = room.value >= count;
  useEffect(() => {
    if (isWhole) room.value = Infinity;
    if (isWhole) return undefined;
    const timer = setTimeout(() => (room.value += MORE), MORE_MS);
    return () => clearTimeout(timer);
  }, [isWhole, room.value]);
  return isWhole ? Infinity : room.value;
}

/**
 * A piece is drawn anew only when it changed; the browser passes over those that are out of sight. One that is not
 * filled yet takes the same room, so that nothing moves when it is.
 */
function Piece({ piece, isFilled }) {
  return useMemo(() => {
    if (!isFilled) return html`<div class="thought-group" />`;
    const [first, ...rest] = piece.items;
    const thought = ({ id, thought: known }) => html`<${Thought} key=${id} id=${id} thought=${known} />`;
    if (piece.isGroup) return html`<${Group} head=${thought(first)} rest=${rest.map(thought)} />`;
    const look = piece.goesOn ? "thoughts thoughts-within" : "thoughts";
    return html`<ol class=${look}>${piece.items.map(thought)}</ol>`;
  }, [piece, isFilled]);
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
