/** A labelled field of the cards that a visitor meets. */

import { html } from "../lib/html.js";

export const NEW_PASSWORD = { autocomplete: "new-password", minlength: 8, hint: "At least 8 characters" };

export function Field({ label, hint = "", name, ...rest }) {
  return html`<label class="labelled">
    <span class="label">${label}</span>
    <input class="field" name=${name} aria-describedby=${hint ? `${name}-hint` : null} ...${rest} />
    ${hint && html`<span class="hint" id=${`${name}-hint`}>${hint}</span>`}
  </label>`;
}
