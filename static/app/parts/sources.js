/** The alert sources that may send to this organization. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";
import { Age } from "./age.js";
import { NewSource } from "./new-source.js";
import { Pulse } from "./pulse.js";
import { Section } from "./section.js";

export function Sources() {
  const sources = useSignal(null);
  const tokens = useSignal([]);
  const problem = useSignal("");
  const read = async () => {
    try {
      const answers = await asUser(() => Promise.all([rest.sources(), rest.tokens()]));
      [sources.value, tokens.value] = answers;
      problem.value = "";
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  useEffect(() => void read(), []);
  const titleOf = (name) => sources.value?.find((source) => source.name === name)?.title ?? name;
  return html`
    <p class="lead">
      Each source gets an address of its own to send alerts to. Whoever has the address can open incidents, so keep it
      as you would a password.
    </p>
    ${problem.value &&
    html`<p class="problem" role="alert">
      ${problem.value}${" "}<button type="button" class="link" onClick=${read}>Try again</button>
    </p>`}
    ${!sources.value && !problem.value && html`<${Pulse} />`}
    ${sources.value && html`<${NewSource} sources=${sources.value} onMade=${read} />`}
    ${tokens.value.length > 0 &&
    html`<${Section} title="Connected" count=${tokens.value.length} name="tokens">
      <ul class="list">
        ${tokens.value.map((token) => {
          return html`<${Token} key=${token.id} token=${token} title=${titleOf(token.source)} onRevoked=${read} />`;
        })}
      </ul>
    <//>`}
  `;
}

function Token({ token, title, onRevoked }) {
  const asks = useSignal(false);
  const problem = useSignal("");
  const revoke = async () => {
    try {
      await asUser(() => rest.revokeToken(token.id));
      await onRevoked();
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  return html`<li class="token">
    <div class="token-text">
      <bdi class="token-name">${token.name}</bdi>
      <p class="meta">
        <span>${title}</span>
        ${token.lastUsedAt
          ? html`<span>last alert <${Age} since=${token.lastUsedAt} /> ago</span>`
          : html`<span>nothing received yet</span>`}
        <span>made <${Age} since=${token.createdAt} /> ago</span>
      </p>
      ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    </div>
    ${asks.value
      ? html`<div class="token-ask" role="group" aria-label=${`Revoke ${token.name}?`}>
          <span>Its alerts will be refused.</span>
          <button type="button" class="button button-danger" onClick=${revoke}>Revoke</button>
          <button type="button" class="button" onClick=${() => (asks.value = false)}>Keep</button>
        </div>`
      : html`<button type="button" class="button" onClick=${() => (asks.value = true)}>
          Revoke<span class="off-screen"> ${token.name}</span>
        </button>`}
  </li>`;
}
