/** The expressions of a mapping, each with what it yields beside it. */

import { useId } from "preact/hooks";
import { html } from "../lib/html.js";
import { FIELDS, yielded } from "../lib/mapping.js";
import { plain } from "../lib/plain.js";

/** `fields` is what each yielded when it was tried last. */
export function MappingFields({ mapping, fields, onChange }) {
  return html`<div class="mapping-fields">
    ${Object.entries(FIELDS).map(([name, about]) => {
      return html`<${Field}
        key=${name} name=${name} about=${about} expression=${mapping[name] ?? ""} found=${fields[name]} onChange=${onChange}
      />`;
    })}
  </div>`;
}

function Field({ name, about, expression, found, onChange }) {
  const id = useId();
  const isWrong = Boolean(expression && found?.problem);
  return html`<div class=${`mapping-field ${isWrong ? "mapping-wrong" : ""}`}>
    <label class="label" for=${id} title=${about}>${name}</label>
    <input
      class="field mono" id=${id} value=${expression} maxlength="500" placeholder=${about} aria-invalid=${isWrong}
      aria-describedby=${`${id}-found`} autocapitalize="off" autocomplete="off" spellcheck="false"
      onInput=${(input) => onChange(name, input.currentTarget.value)}
    />
    <p class="mapping-found" id=${`${id}-found`}>${told(name, expression, found)}</p>
  </div>`;
}

function told(name, expression, found) {
  if (!expression || !found) return "";
  if (found.problem) return found.problem;
  if (name === "alerts") return `${found.value} ${found.value === 1 ? "alert" : "alerts"}`;
  const value = yielded(found.value);
  return value ? html`<bdi class="mono">${plain(value)}</bdi>` : html`<span class="nothing">nothing</span>`;
}
