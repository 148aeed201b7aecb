/** A connected account: how it is, which of its places is looked at, and what can be done with it. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { asUser } from "../store.js";
import { AccountForm } from "./account-form.js";
import { Age } from "./age.js";
import { Asked } from "./asked.js";

const WORDS = {
  connected: "connected",
  refused: "refused",
  locked: "cannot be decrypted",
  away: "not reachable",
};

export function AccountRow({ connector, account, standing, mayChange, onChanged }) {
  const changing = useSignal(false);
  const checked = useSignal(null);
  const now = checked.value ?? standing;
  const title = plain(account.title);
  const check = async () => {
    checked.value = { state: "", problem: "" };
    try {
      checked.value = await asUser(() => rest.checkAccount(account.id));
    } catch (refused) {
      checked.value = { state: "away", problem: refused.message };
    }
  };
  const change = async (fields) => {
    await asUser(() => rest.changeAccount(account.id, fields));
    changing.value = false;
    checked.value = null;
    await onChanged();
  };
  const disconnect = async () => {
    await asUser(() => rest.disconnectAccount(account.id));
    await onChanged();
  };
  return html`<li class="token account">
    <div class="token-text">
      <p class="account-head">
        <bdi class="token-name">${title}</bdi>
        <span class="account-state account-${now?.state || "asking"}" role="status">${WORDS[now?.state] ?? "asking …"}</span>
      </p>
      <p class="meta">
        <span>${connector.title}</span>
        ${Object.entries(account.facts).map(([name, text]) => html`<span key=${name}>${name}: <bdi>${plain(text)}</bdi></span>`)}
        <span>connected <${Age} since=${account.createdAt} /> ago</span>
      </p>
      ${now?.problem && html`<p class="problem">${now.problem}</p>`}
      ${connector.hasPlaces && html`<${Place} account=${account} mayChange=${mayChange} onChanged=${onChanged} />`}
    </div>
    ${mayChange &&
    !changing.value &&
    html`<div class="rule-acts">
      <button type="button" class="button button-quiet" onClick=${check}>Check<span class="off-screen"> ${title}</span></button>
      ${!connector.signsIn &&
      html`<button type="button" class="button button-quiet" onClick=${() => (changing.value = true)}>
        Change<span class="off-screen"> ${title}</span>
      </button>`}
      <${Asked}
        act=${disconnect} verb="Disconnect" what=${title} question="Investigations look at it no more." yes="Disconnect" isQuiet isDanger
      />
    </div>`}
    ${changing.value &&
    html`<div class="connector-enter">
      <${AccountForm} connector=${connector} account=${account} verb="Change" onEntered=${change} onCancel=${() => (changing.value = false)} />
    </div>`}
  </li>`;
}

/** Which project or subscription is looked at; the others are fetched when somebody wants to choose. */
function Place({ account, mayChange, onChanged }) {
  const places = useSignal(null);
  const problem = useSignal("");
  const open = async () => {
    try {
      places.value = await asUser(() => rest.accountPlaces(account.id));
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  const choose = async (event) => {
    try {
      await asUser(() => rest.chooseAccountPlace(account.id, event.target.value));
      places.value = null;
      await onChanged();
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  return html`<div class="account-place">
    ${places.value
      ? html`<label>
          <span class="off-screen">Look at</span>
          <select class="field" value=${account.place} onChange=${choose}>
            ${places.value.map(({ id, title }) => html`<option key=${id} value=${id}>${plain(title)}</option>`)}
          </select>
        </label>`
      : html`<span>Looks at <bdi class="mono">${account.place}</bdi></span>
          ${mayChange && html`<button type="button" class="link" onClick=${open}>Choose another</button>`}`}
    ${problem.value && html`<span class="problem" role="alert">${problem.value}</span>`}
  </div>`;
}
