/** Who answers, and whether they may propose actions. Nothing is shown where there is nothing to choose. */

import { useEffect } from "preact/hooks";
import { model, mode, models, readModels } from "../answering.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";

const MODES = [
  { name: "ask", title: "Ask", about: "Only looks" },
  { name: "agent", title: "Agent", about: "May also propose actions, which you approve or decline" },
];

export function Answerer() {
  useEffect(() => void readModels(), []);
  if (models.value.length === 0) return null;
  return html`<div class="answerer">
    <div class="answerer-modes" role="radiogroup" aria-label="What the answer may do">
      ${MODES.map(({ name, title, about }) => {
        const choose = () => (mode.value = name);
        return html`<label key=${name} title=${about}>
          <input type="radio" name="mode" value=${name} checked=${mode.value === name} onChange=${choose} />${title}
        </label>`;
      })}
    </div>
    <${Model} />
  </div>`;
}

function Model() {
  const [first] = models.value;
  const choose = (change) => (model.value = change.currentTarget.value);
  const others = models.value.slice(1);
  if (others.length === 0) return html`<span class="answerer-only" title="Who answers">${plain(short(first.name))}</span>`;
  const isThere = models.value.some(({ name }) => name === model.value);
  return html`<select class="answerer-model" aria-label="Who answers" value=${isThere ? model.value : ""} onChange=${choose}>
    <option value="">${plain(short(first.name))}</option>
    ${others.map(({ name }) => html`<option key=${name} value=${name}>${plain(short(name))}</option>`)}
  </select>`;
}

/** A name without its vendor, which is long and says little beside it. */
const short = (name) => name.slice(name.lastIndexOf("/") + 1);
