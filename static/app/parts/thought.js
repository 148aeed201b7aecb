/** One thought: what is looked at and why, or what was found. */

import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { ClockTime } from "./age.js";
import { Icon } from "./icon.js";
import { Prose } from "./prose.js";
import { Pulse } from "./pulse.js";
import { useWatched } from "./watching.js";

const WORDS = {
  hypothesis: "Hypothesis",
  observation: "Observation",
  analysis: "Analysis",
  ruled_out: "Ruled out",
  limitation: "Could not check",
};

/** A finished thought, or the text of the one that is being written under this id. */
export function Thought({ id, thought }) {
  return thought ? html`<${Finished} thought=${thought} />` : html`<${BeingWritten} id=${id} />`;
}

function Finished({ thought }) {
  const type = Object.hasOwn(WORDS, thought.type) ? thought.type : "analysis";
  return html`<li class="thought thought-${type}">
    <span class="thought-mark"><${Icon} name=${type} /></span>
    <div class="thought-head">
      <span>${WORDS[type]}</span>
      ${thought.by && html`<span class="thought-by">${plain(thought.by)}</span>`}
      <${ClockTime} at=${thought.timestamp} />
    </div>
    <${Prose} text=${thought.content} />
  </li>`;
}

function BeingWritten({ id }) {
  const text = useWatched().writing.value.texts[id]?.text;
  if (!text) return null;
  return html`<li class="thought thought-written" aria-busy="true">
    <span class="thought-mark"><${Pulse} /></span>
    <div class="thought-head"><span>Looking</span></div>
    <${Prose} text=${text} />
  </li>`;
}
