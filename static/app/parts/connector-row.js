/** A provider as a line of a list, and what it takes to connect an account with it. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser, user } from "../store.js";
import { AccountForm } from "./account-form.js";
import { ConnectorSetup } from "./connector-setup.js";

export function ConnectorRow({ connector, mayConnect, onChanged }) {
  const { name, title, help, toolsets, accounts } = connector;
  const entering = useSignal(false);
  const close = () => (entering.value = false);
  const connect = async (fields) => {
    await asUser(() => rest.connectAccount(name, fields));
    close();
    await onChanged();
  };
  return html`<li class="token connector">
    <div class="token-text">
      <span class="token-name">${title}</span>
      <p class="meta">
        ${accounts.length > 0 && html`<span>${accounts.length === 1 ? "one account" : `${accounts.length} accounts`}</span>`}
        <span>${toolsets.length > 0 ? "investigations look with it" : "no toolset looks with it yet"}</span>
      </p>
    </div>
    ${mayConnect &&
    !entering.value &&
    html`<button type="button" class="button" onClick=${() => (entering.value = true)}>
      ${accounts.length > 0 ? "Connect another" : "Connect"}<span class="off-screen"> ${title}</span>
    </button>`}
    ${entering.value &&
    html`<div class="connector-enter">
      <p>${help} <${Where} connector=${connector} /></p>
      ${connector.hasSetup && !connector.signsIn && html`<${ConnectorSetup} name=${name} />`}
      ${connector.signsIn && html`<${SignIn} connector=${connector} />`}
      <${AccountForm} connector=${connector} verb="Connect" onEntered=${connect} onCancel=${close} />
    </div>`}
  </li>`;
}

function Where({ connector }) {
  if (!connector.url.startsWith("https:")) return null;
  return html`<a href=${connector.url} target="_blank" rel="noreferrer">Where that is<span class="off-screen"> at ${connector.title}</span></a>`;
}

function SignIn({ connector }) {
  const busy = useSignal(false);
  const problem = useSignal("");
  const begin = async () => {
    busy.value = true;
    try {
      location.assign(await asUser(() => rest.beginGoogleSignIn(user.value.id)));
    } catch (refused) {
      problem.value = refused.message;
      busy.value = false;
    }
  };
  if (connector.signInProblem) return html`<p class="hint">${connector.signInProblem}</p>`;
  return html`<p class="saving">
      <button type="button" class="button button-main" disabled=${busy.value} onClick=${begin}>Sign in at Google</button>
      ${problem.value ? html`<span class="problem" role="alert">${problem.value}</span>` : html`<span class="hint">You come back here.</span>`}
    </p>
    <p class="or" role="separator"><span>or</span></p>`;
}
