/** What may send alerts here: the webhooks that are there, and every source that can be connected. */

import { useSignal } from "@preact/signals";
import { readSources, sources, trouble, webhooks } from "../alert-sources.js";
import { html } from "../lib/html.js";
import { Pulse } from "./pulse.js";
import { Section } from "./section.js";
import { WebhookRow } from "./webhook-row.js";

export function Sources() {
  const sought = useSignal("");
  const isRead = sources.value && webhooks.value;
  return html`
    <p class="lead">
      Each source gets an address of its own to send alerts to. Whoever has the address can open incidents, so keep it
      as you would a password.
    </p>
    ${trouble.value &&
    html`<p class="problem" role="alert">
      ${trouble.value}${" "}<button type="button" class="link" onClick=${readSources}>Try again</button>
    </p>`}
    ${!isRead && !trouble.value && html`<${Pulse} />`}
    ${isRead &&
    webhooks.value.length > 0 &&
    html`<${Section} title="Connected" count=${webhooks.value.length} name="webhooks">
      <ul class="list">${webhooks.value.map((one) => html`<${WebhookRow} key=${one.id} webhook=${one} />`)}</ul>
    <//>`}
    ${isRead && html`<${Catalogue} sought=${sought} />`}
  `;
}

function Catalogue({ sought }) {
  const words = sought.value.trim().toLowerCase();
  const found = sources.value.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(words));
  const connected = (name) => webhooks.value.filter(({ source }) => source === name).length;
  return html`<${Section} title="Connect a source" count=${sources.value.length} name="catalogue">
    <input
      class="field" type="search" placeholder="Search sources" aria-label="Search sources" value=${sought.value}
      autocomplete="off" spellcheck="false" onInput=${(input) => (sought.value = input.currentTarget.value)}
    />
    <ul class="catalogue">
      ${found.map(({ name, title }) => {
        const count = connected(name);
        return html`<li key=${name}>
          <a class="catalogue-one" href=${`/settings/sources/${name}`}>
            <span>${title}</span>
            ${count > 0 && html`<span class="catalogue-count">${count}<span class="off-screen"> connected</span></span>`}
          </a>
        </li>`;
      })}
    </ul>
    <p class="hint" role="status">
      ${found.length === 0 && html`None is called “${sought.value.trim()}”. `}
      ${found.length === 0 && html`<a href="/settings/sources/json">JSON with your own mapping</a> takes anything else.`}
    </p>
  <//>`;
}
