/** What may send alerts here: the webhooks that are there, and every source that can be connected. */

import { useSignal } from "@preact/signals";
import { readSources, sources, titleOf, trouble, webhooks } from "../alert-sources.js";
import { html } from "../lib/html.js";
import { Pulse } from "./pulse.js";
import { Section } from "./section.js";
import { WebhookRow } from "./webhook-row.js";

export function Sources() {
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
    ${isRead && html`<${Searched} />`}
  `;
}

function Searched() {
  const sought = useSignal("");
  const words = sought.value.trim().toLowerCase();
  const fits = (...texts) => texts.join(" ").toLowerCase().includes(words);
  const mine = webhooks.value.filter(({ name, source }) => fits(name, source, titleOf(source)));
  const found = sources.value.filter(({ name, title }) => fits(name, title));
  return html`
    <input
      class="field" type="search" placeholder="Search sources" aria-label="Search sources" value=${sought.value}
      autocomplete="off" spellcheck="false" onInput=${(input) => (sought.value = input.currentTarget.value)}
    />
    ${mine.length > 0 &&
    html`<${Section} title="Connected" count=${mine.length} name="webhooks">
      <ul class="list">${mine.map((one) => html`<${WebhookRow} key=${one.id} webhook=${one} />`)}</ul>
    <//>`}
    <${Section} title="Connect a source" count=${found.length} name="catalogue">
      <ul class="catalogue">${found.map((one) => html`<${Offered} key=${one.name} source=${one} />`)}</ul>
      <p class="hint" role="status">
        ${found.length === 0 &&
        html`None is called “${sought.value.trim()}”. <a href="/settings/sources/json">JSON with your own mapping</a> takes anything else.`}
      </p>
    <//>
  `;
}

function Offered({ source }) {
  const { name, title } = source;
  const count = webhooks.value.filter((one) => one.source === name).length;
  return html`<li>
    <a class="catalogue-one" href=${`/settings/sources/${name}`}>
      <span>${title}</span>
      ${count > 0 && html`<span class="catalogue-count">${count}<span class="off-screen"> connected</span></span>`}
    </a>
  </li>`;
}
