/** A form made of a connector's fields. */

import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { html } from "../lib/html.js";

/** `account` is the one that is changed, if any; `onEntered(fields)` answers a promise. */
export function AccountForm({ connector, account = null, verb, onEntered, onCancel }) {
  const busy = useSignal(false);
  const problem = useSignal("");
  const form = useRef(null);
  useEffect(() => form.current.querySelector("input, textarea")?.focus(), []);
  const submit = async (event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const fields = Object.fromEntries(connector.fields.map(({ name }) => [name, given.get(name).trim()]));
    for (const { name, secret } of connector.fields) if (secret && !fields[name]) delete fields[name];
    busy.value = true;
    problem.value = "";
    try {
      await onEntered(fields);
    } catch (refused) {
      problem.value = refused.message;
    }
    busy.value = false;
  };
  return html`<form class="account-form" ref=${form} aria-label=${`${verb} ${connector.title}`} onSubmit=${submit}>
    ${connector.fields.map((field) => {
      return html`<${Entry} key=${field.name} field=${field} kept=${account?.fields[field.name] ?? ""} isChange=${account !== null} />`;
    })}
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    <p class="saving">
      <button type="submit" class="button button-main" disabled=${busy.value}>${busy.value ? "Asking …" : verb}</button>
      <button type="button" class="button" onClick=${onCancel}>Cancel</button>
      <span class="hint">${connector.title} is asked before anything is kept.</span>
    </p>
  </form>`;
}

function Entry({ field, kept, isChange }) {
  const id = useId();
  const { name, title, help, secret, required, example, lines } = field;
  const stays = secret && isChange;
  const hint = [stays ? "Left empty, it stays." : "", help].filter(Boolean).join(" ");
  const shared = {
    name,
    class: "field mono",
    required: required && !stays,
    placeholder: example,
    autocomplete: "off",
    spellcheck: false,
    "aria-describedby": hint ? id : null,
  };
  return html`<label class="labelled">
    <span class="label">${title}${!required && html` <span class="optional">optional</span>`}</span>
    ${lines
      ? html`<textarea ...${shared} rows="5" />`
      : html`<input ...${shared} type=${secret ? "password" : "text"} value=${kept} maxlength="4000" />`}
    ${hint && html`<span class="hint" id=${id}>${hint}</span>`}
  </label>`;
}
