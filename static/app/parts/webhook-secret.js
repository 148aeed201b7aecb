/** The secret with which a vendor signs: entered, replaced, taken away; never shown. */

import { useSignal } from "@preact/signals";
import { readSources } from "../alert-sources.js";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";
import { Asked } from "./asked.js";

export function WebhookSecret({ webhook, source }) {
  const { id, hasSecret } = webhook;
  const isEntering = useSignal(false);
  const problem = useSignal("");
  const change = async (secret) => {
    await asUser(() => rest.changeWebhook(id, { secret }));
    await readSources();
  };
  const submit = async (event) => {
    event.preventDefault();
    try {
      await change(new FormData(event.currentTarget).get("secret").trim());
      isEntering.value = false;
      problem.value = "";
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  return html`<div class="setup-line">
    <p>
      <b>Signing secret</b>
      <span class="hint">
        ${hasSecret
          ? `It is set, so unsigned calls are refused. It cannot be shown again.`
          : `None is set: whoever has the address is believed. ${source.secret_hint}.`}
      </span>
    </p>
    ${!isEntering.value &&
    html`<div class="rule-acts">
      <button type="button" class="button" onClick=${() => (isEntering.value = true)}>
        ${hasSecret ? "Replace" : "Enter"}<span class="off-screen"> the signing secret</span>
      </button>
      ${hasSecret &&
      html`<${Asked} act=${() => change(null)} verb="Remove" question="Unsigned calls will be taken." yes="Remove it" isDanger />`}
    </div>`}
    ${isEntering.value &&
    html`<form class="secret-enter" onSubmit=${submit}>
      <label class="labelled">
        <span class="off-screen">Signing secret</span>
        <input class="field" name="secret" type="password" required maxlength="1000" autocomplete="off" />
        <span class="hint">${source.secret_hint}.</span>
      </label>
      ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
      <p class="saving">
        <button type="submit" class="button button-main">Keep</button>
        <button type="button" class="button" onClick=${() => (isEntering.value = false)}>Cancel</button>
        <span class="hint">It is encrypted.</span>
      </p>
    </form>`}
  </div>`;
}
