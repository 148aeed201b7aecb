/** The summary: being written, or whole, or what stands in for it. */

import { useComputed } from "@preact/signals";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { EndedBecause } from "./ended.js";
import { Icon } from "./icon.js";
import { Prose } from "./prose.js";
import { Pulse } from "./pulse.js";
import { useWatched } from "./watching.js";

const LOOKS_SHOWN = 6;
const NO_SUMMARY = {
  idle: "There is no summary: nothing is looking into this incident just now.",
  error: "The analysis failed before it came to a summary. What was found so far is below.",
  complete: "No summary was written.",
};

export function Summary() {
  const { incident, writing } = useWatched();
  const whole = useComputed(() => incident.value.summary).value;
  const partial = useComputed(() => beingWritten(writing.value.texts)).value;
  const work = useComputed(() => incident.value.auroraStatus).value;
  const ended = useComputed(() => incident.value.summaryEnded).value;
  const text = partial ?? whole;
  // A summary that is awaited has its room already, so that little moves when it is written.
  const room = work === "running" ? "summary-awaited" : "";
  const busy = partial !== undefined;
  return html`<section class=${`summary card ${room}`} aria-label="Summary" aria-live="polite" aria-busy=${busy}>
    <h2 class="section-title">Summary${busy && html` <${Pulse} />`}</h2>
    ${text ? html`<${Prose} text=${text} />` : html`<${Standing} work=${work} />`}
    ${text && !busy && html`<${EndedBecause} ended=${ended} />`}
  </section>`;
}

function Standing({ work }) {
  if (work === "running") {
    return html`<p class="at-work"><${Pulse} />Gathering evidence. The summary is written when it is in.</p>
      <${Looks} />`;
  }
  return html`<p class="nothing">${NO_SUMMARY[work] ?? NO_SUMMARY.complete}</p>`;
}

const beingWritten = (texts) => Object.values(texts).find(({ kind }) => kind === "summary")?.text;

/** The latest looks, while there is nothing better to read. */
function Looks() {
  const { incident } = useWatched();
  const citations = useComputed(() => incident.value.citations).value;
  return html`<ul class="looks" aria-label="What was looked at">
    ${citations.slice(-LOOKS_SHOWN).map(({ id, command }) => {
      return html`<li key=${id}><${Icon} name="check" /><span class="mono">${plain(command)}</span></li>`;
    })}
  </ul>`;
}
