/** One provider of models: whether it can be asked, its key, and a try. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";

const WHOSE = { none: "no account", operator: "the operator's account", organization: "your account" };

export function ModelProvider({ provider, mayEnter, mayCheck, attempt }) {
  const { name, title, example, takes, needs, account, key, baseUrl, ready, problem } = provider;
  const entering = useSignal(false);
  const tried = useSignal(null);
  const check = async () => {
    tried.value = { message: "Asking for one word …" };
    try {
      tried.value = await asUser(() => rest.checkModels(name));
    } catch (refused) {
      tried.value = { ok: false, message: refused.message };
    }
  };
  const isOwn = account === "organization";
  const locked = account !== "none" && problem;
  return html`<li class="token provider ${ready ? "provider-ready" : ""}">
    <div class="token-text">
      <span class="token-name">${title}</span>
      <p class="meta">
        <span>${WHOSE[account]}</span>
        ${key && html`<span>key ${key}</span>`}
        ${baseUrl && html`<bdi class="mono">${baseUrl}</bdi>`}
        ${account === "none" && html`<span>such as <code class="mono">${example}</code></span>`}
        ${account === "none" && takes === "settings" && html`<span>the operator sets ${needs}</span>`}
      </p>
      ${locked && html`<p class="problem" role="alert">${problem}</p>`}
      ${tried.value && html`<p class="tried tried-${tried.value.ok}" role="status">${tried.value.message}</p>`}
    </div>
    <div class="rule-acts">
      ${ready && mayCheck && html`<button type="button" class="button" onClick=${check}>Try<span class="off-screen"> ${title}</span></button>`}
      ${mayEnter &&
      takes !== "settings" &&
      !entering.value &&
      html`<button type="button" class="button" onClick=${() => (entering.value = true)}>
        ${isOwn ? "Replace" : "Set up"}<span class="off-screen"> ${title}</span>
      </button>`}
      ${mayCheck && isOwn && html`<button type="button" class="button" onClick=${() => attempt(() => rest.removeModelKey(name))}>
        Remove<span class="off-screen"> ${title}</span>
      </button>`}
    </div>
    ${entering.value && html`<${Enter} provider=${provider} attempt=${attempt} onDone=${() => (entering.value = false)} />`}
  </li>`;
}

function Enter({ provider, attempt, onDone }) {
  const { name, title, takes } = provider;
  const busy = useSignal(false);
  const problem = useSignal("");
  const submit = async (event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const account = { key: given.get("key").trim() || null };
    if (takes === "address") account.baseUrl = given.get("address").trim();
    busy.value = true;
    try {
      await asUser(() => rest.enterModelKey(name, account));
      if (await attempt(async () => {})) onDone();
    } catch (refused) {
      problem.value = refused.message;
    }
    busy.value = false;
  };
  return html`<form class="provider-enter" aria-label=${`Set up ${title}`} onSubmit=${submit}>
    ${takes === "address" &&
    html`<label class="labelled">
      <span class="label">Address</span>
      <input class="field mono" name="address" type="url" required maxlength="500" />
      <span class="hint">With its http or https, and /v1 where it has that.</span>
    </label>`}
    <label class="labelled">
      <span class="label">Key${takes === "address" && ", if it wants one"}</span>
      <input
        class="field mono" name="key" type="password" required=${takes === "key"} maxlength="2000"
        autocomplete="off" spellcheck="false"
      />
    </label>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    <p class="saving">
      <button type="submit" class="button button-main" disabled=${busy.value}>Keep</button>
      <button type="button" class="button" onClick=${onDone}>Cancel</button>
      <span class="hint">It is encrypted, and never shown again.</span>
    </p>
  </form>`;
}
