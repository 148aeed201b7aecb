/** A webhook as a line of a list: what it is called, when something came last, whether anything failed. */

import { titleOf } from "../alert-sources.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { Age } from "./age.js";
import { Icon } from "./icon.js";

export function WebhookRow({ webhook }) {
  const { id, name, failed } = webhook;
  return html`<li>
    <a class="webhook-row" href=${`/settings/webhooks/${id}`}>
      <span class="webhook-row-text">
        <bdi class="token-name">${plain(name)}</bdi>
        <${WebhookFacts} webhook=${webhook} />
      </span>
      ${failed > 0 && html`<span class="badge">${failed} failed</span>`}
      <${Icon} name="forward" />
    </a>
  </li>`;
}

/** Its source, when something came last, and what guards it. */
export function WebhookFacts({ webhook }) {
  const { source, lastUsedAt, createdAt, hasSecret, mapping } = webhook;
  return html`<span class="meta">
    <span>${titleOf(source)}</span>
    ${lastUsedAt
      ? html`<span>last delivery <${Age} since=${lastUsedAt} /> ago</span>`
      : html`<span>nothing delivered yet</span>`}
    <span>made <${Age} since=${createdAt} /> ago</span>
    ${hasSecret && html`<span>signed</span>`}
    ${mapping && html`<span>own mapping</span>`}
  </span>`;
}
