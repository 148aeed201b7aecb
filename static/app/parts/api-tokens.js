/** Tokens with which programs ask in one's own name: made, shown once, listed with their last use, revoked. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { asUser } from "../store.js";
import { Age } from "./age.js";
import { Asked } from "./asked.js";
import { NewApiToken } from "./new-api-token.js";
import { Once } from "./once.js";
import { Pulse } from "./pulse.js";
import { Section } from "./section.js";
import { Until } from "./until.js";

const MAY = { read: "reads", write: "reads and writes" };

export function ApiTokens() {
  const tokens = useSignal(null);
  const made = useSignal(null);
  const problem = useSignal("");
  const read = async () => {
    try {
      tokens.value = await asUser(rest.apiTokens);
      problem.value = "";
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  useEffect(() => void read(), []);
  const revoke = async (id) => {
    await asUser(() => rest.revokeApiToken(id));
    if (made.value?.id === id) made.value = null;
    await read();
  };
  return html`
    <p class="lead">
      A program that has one asks as you do, and may do no more than you. <a href="/docs" target="_blank">The API</a> is
      described call by call.
    </p>
    ${made.value
      ? html`<${Once}
          title=${`${plain(made.value.name)} can ask now`} text=${made.value.token} what="the token"
          onDone=${() => (made.value = null)}
        >
          It goes into the header <code class="mono">Authorization: Bearer …</code> of each call.
        <//>`
      : html`<${NewApiToken} made=${made} onMade=${read} />`}
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${!tokens.value && !problem.value && html`<${Pulse} />`}
    ${tokens.value?.length > 0 &&
    html`<${Section} title="Your tokens" count=${tokens.value.length} name="api-tokens">
      <ul class="list">
        ${tokens.value.map((one) => html`<${Row} key=${one.id} token=${one} onRevoke=${() => revoke(one.id)} />`)}
      </ul>
    <//>`}
  `;
}

function Row({ token, onRevoke }) {
  const { scope, createdAt, expiresAt, lastUsedAt } = token;
  const name = plain(token.name);
  const isOver = expiresAt && Date.parse(expiresAt) <= Date.now();
  return html`<li class=${`token ${isOver ? "token-over" : ""}`}>
    <div class="token-text">
      <bdi class="token-name">${name}</bdi>
      <p class="meta">
        <span>${MAY[scope] ?? scope}</span>
        ${lastUsedAt ? html`<span>last used <${Age} since=${lastUsedAt} /> ago</span>` : html`<span>never used</span>`}
        <span>made <${Age} since=${createdAt} /> ago</span>
        ${expiresAt
          ? html`<span>${isOver ? "" : "ends "}<${Until} end=${expiresAt} over="ended" /></span>`
          : html`<span>no end</span>`}
      </p>
    </div>
    <${Asked}
      act=${onRevoke} verb="Revoke" what=${name} question="What uses it is refused, at once." yes="Revoke" isDanger
    />
  </li>`;
}
