/** One webhook: trying it, its address, its signing secret, its mapping, what came through it, and taking it away. */

import { useSignal } from "@preact/signals";
import { mayWrite, readSources, sourceOf, trouble, webhooks } from "../alert-sources.js";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { go } from "../lib/route.js";
import { asUser } from "../store.js";
import { Asked } from "./asked.js";
import { Deliveries } from "./deliveries.js";
import { Icon } from "./icon.js";
import { MappingEditor } from "./mapping-editor.js";
import { Pulse } from "./pulse.js";
import { TestAlert } from "./test-alert.js";
import { WebhookAddress } from "./webhook-address.js";
import { WebhookFacts } from "./webhook-row.js";
import { WebhookSecret } from "./webhook-secret.js";

export function Webhook({ id }) {
  const rotated = useSignal(null);
  const webhook = webhooks.value?.find((one) => one.id === id);
  const source = webhook && sourceOf(webhook.source);
  if (!source) return html`<${Unknown} />`;
  const rotate = async () => (rotated.value = await asUser(() => rest.rotateWebhook(id)));
  const revoke = async () => {
    await asUser(() => rest.revokeWebhook(id));
    go("/settings", { replace: true });
    await readSources();
  };
  return html`<div class="setup">
    <header class="setup-head">
      <a class="back" href="/settings"><${Icon} name="back" />Alert sources</a>
      <h1><bdi>${plain(webhook.name)}</bdi></h1>
      <${WebhookFacts} webhook=${webhook} />
    </header>
    ${rotated.value && html`<${WebhookAddress} made=${rotated.value} source=${source} />`}
    ${mayWrite.value &&
    html`<div class="card setup-acts">
      ${!rotated.value && html`<${TestAlert} id=${id} />`}
      ${source.secret_hint && html`<${WebhookSecret} webhook=${webhook} source=${source} />`}
      <div class="setup-line">
        <p>
          <b>Address</b>
          <span class="hint">It was shown when it was made. Lost it, or somebody else has it? Make a new one.</span>
        </p>
        <${Asked} act=${rotate} verb="New address" question="The present address stops working at once." yes="Make it" />
      </div>
      <div class="setup-line">
        <p><b>Set up</b><span class="hint">What to do at the side of ${source.title}.</span></p>
        <a class="button" href=${`/settings/sources/${source.name}`}>Read how</a>
      </div>
    </div>`}
    ${source.mapping && mayWrite.value && html`<${MappingEditor} webhook=${webhook} source=${source} />`}
    <${Deliveries} webhook=${webhook} title="Recent deliveries" />
    ${mayWrite.value &&
    html`<div class="setup-end">
      <${Asked} act=${revoke} verb="Delete webhook" question="What is sent to it will be refused." yes="Delete" isDanger />
    </div>`}
  </div>`;
}

function Unknown() {
  if (!webhooks.value && !trouble.value) return html`<${Pulse} />`;
  return html`<div class="card empty">
    <h1>There is no such webhook</h1>
    <p>${trouble.value || "It may have been deleted meanwhile."}</p>
    <p><a class="button" href="/settings">All alert sources</a></p>
  </div>`;
}
