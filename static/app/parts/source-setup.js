/** Connecting a source: name it, be shown its address once, do at its side what the text says, and try it. */

import { useSignal } from "@preact/signals";
import { mayWrite, readSources, sourceOf, sources, trouble, webhooks } from "../alert-sources.js";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";
import { Icon } from "./icon.js";
import { Prose } from "./prose.js";
import { Pulse } from "./pulse.js";
import { Section } from "./section.js";
import { WebhookAddress } from "./webhook-address.js";
import { WebhookRow } from "./webhook-row.js";

/** `id` is the source's name. */
export function SourceSetup({ id }) {
  const made = useSignal(null);
  const source = sourceOf(id);
  if (!source) return html`<${Unknown} />`;
  const mine = webhooks.value?.filter((one) => one.source === id) ?? [];
  return html`<div class="setup">
    <header class="setup-head">
      <a class="back" href="/settings"><${Icon} name="back" />Alert sources</a>
      <h1>${source.title}</h1>
    </header>
    ${made.value
      ? html`<${WebhookAddress} made=${made.value} source=${source} />`
      : html`${mayWrite.value && html`<${NewWebhook} source=${source} made=${made} />`}
          <${Section} title="What to do there" name="setup">
            <div class="card setup-text"><${Prose} text=${source.setup.replaceAll("{url}", placeholder(id))} /></div>
          <//>`}
    ${mine.length > 0 &&
    html`<${Section} title="Connected" count=${mine.length} name="webhooks">
      <ul class="list">${mine.map((one) => html`<${WebhookRow} key=${one.id} webhook=${one} />`)}</ul>
    <//>`}
  </div>`;
}

/** What stands for the address while there is none. */
const placeholder = (name) => `${location.origin}/api/webhooks/${name}/<token>`;

function NewWebhook({ source, made }) {
  const problem = useSignal("");
  const busy = useSignal(false);
  const { name, title, secret_hint: secretHint } = source;
  const submit = async (event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const wanted = { source: name, name: given.get("name").trim() || title };
    const secret = given.get("secret")?.trim();
    if (secret) wanted.secret = secret;
    busy.value = true;
    problem.value = "";
    try {
      made.value = await asUser(() => rest.createWebhook(wanted));
      await readSources();
    } catch (refused) {
      problem.value = refused.message;
    }
    busy.value = false;
  };
  return html`<form class="card new-source" onSubmit=${submit}>
    <label class="labelled">
      <span class="label">Name</span>
      <input class="field" name="name" maxlength="200" placeholder=${`${title} in production`} autocomplete="off" />
      <span class="hint">So that you know later which one it is.</span>
    </label>
    ${secretHint &&
    html`<label class="labelled">
      <span class="label">Signing secret <span class="hint">optional, and can be entered later</span></span>
      <input class="field" name="secret" type="password" maxlength="1000" autocomplete="off" />
      <span class="hint">${secretHint}. With it, only what ${title} has signed is taken. It is never shown again.</span>
    </label>`}
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    <button type="submit" class="button button-main" disabled=${busy.value}>
      <${Icon} name="plus" />Make an address
    </button>
  </form>`;
}

function Unknown() {
  if (!sources.value && !trouble.value) return html`<${Pulse} />`;
  return html`<div class="card empty">
    <h1>There is no such source</h1>
    <p>${trouble.value || "It may have been called otherwise."}</p>
    <p><a class="button" href="/settings">All alert sources</a></p>
  </div>`;
}
