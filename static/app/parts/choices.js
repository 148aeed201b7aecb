/** A choice among a few, each with what it means. */

import { html } from "../lib/html.js";

/** `options` are `{ name, title, about }`; `chosen` is a signal of a name. */
export function Choices({ legend, group, options, chosen }) {
  return html`<fieldset class="choice-list">
    <legend class="label">${legend}</legend>
    ${options.map(({ name, title, about }) => {
      const choose = () => (chosen.value = name);
      return html`<label class="choice choice-about" key=${name}>
        <input type="radio" name=${group} value=${name} checked=${chosen.value === name} onChange=${choose} />
        <span><b>${title}</b><span class="hint">${about}</span></span>
      </label>`;
    })}
  </fieldset>`;
}
