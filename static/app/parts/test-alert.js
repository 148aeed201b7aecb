/** Sending a test alert, and seeing the incident that it opens. */

import { useComputed, useSignal } from "@preact/signals";
import { readSources } from "../alert-sources.js";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { asUser, feed } from "../store.js";
import { Act } from "./act.js";
import { Severity } from "./severity.js";
import { Status } from "./status.js";

/** `id` is the webhook's. */
export function TestAlert({ id }) {
  const sent = useSignal(null);
  const send = async () => {
    sent.value = await asUser(() => rest.testWebhook(id));
    await readSources();
  };
  return html`<div class="test-alert">
    <p class="test-about"><b>Try it</b><span class="hint">A sample alert goes the way of a real one.</span></p>
    <${Act} icon="send" act=${send}>Send test alert<//>
    <div class="test-sent" role="status">${sent.value && html`<${Arrived} incident=${sent.value.incident} />`}</div>
  </div>`;
}

function Arrived({ incident }) {
  const seen = useComputed(() => feed.value?.incidents.find(({ id }) => id === incident)).value;
  if (!incident) return html`<p class="hint">It is safe, and its incident opens as soon as the server gets to it.</p>`;
  return html`<a class="arrived" href=${`/incidents/${incident}`}>
    ${seen && html`<${Severity} severity=${seen.severity} />`}
    <span class="arrived-title"><bdi>${seen ? plain(seen.alert.title) : "It opened an incident"}</bdi></span>
    ${seen && html`<${Status} ...${seen} />`}
  </a>`;
}
