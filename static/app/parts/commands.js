/** Which commands the investigator may run here: the organization's rules, and a box that tells of any command. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser, user } from "../store.js";
import { NewRule } from "./new-rule.js";
import { TriedCommand } from "./tried-command.js";

const NONE = [];

export function Commands() {
  const found = useSignal(null);
  const problem = useSignal("");
  const attempt = async (work) => {
    try {
      await asUser(work);
      found.value = await asUser(rest.commandPolicies);
      problem.value = "";
      return true;
    } catch (refused) {
      problem.value = refused.message;
      return false;
    }
  };
  useEffect(() => void attempt(async () => {}), []);
  const rules = found.value?.policies ?? NONE;
  const isAdmin = user.value?.role === "admin";
  return html`<div class="commands">
    <p class="lead">
      Only commands that read are ever run. Rules narrow that further: what a deny rule fits is not run, and once there
      is an allow rule, nothing else is.
    </p>
    <${TriedCommand} rules=${rules} />
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${rules.length > 0 &&
    html`<ul class="list" aria-label="Rules">
      ${rules.map((rule) => html`<${Rule} key=${rule.id} rule=${rule} isAdmin=${isAdmin} attempt=${attempt} />`)}
    </ul>`}
    ${isAdmin && found.value && html`<${NewRule} attempt=${attempt} />`}
  </div>`;
}

function Rule({ rule, isAdmin, attempt }) {
  const { id, mode, pattern, description, priority, enabled } = rule;
  const toggle = () => attempt(() => rest.changeCommandPolicy(id, { enabled: !enabled }));
  const remove = () => attempt(() => rest.removeCommandPolicy(id));
  return html`<li class="token rule rule-${mode} ${enabled ? "" : "rule-off"}">
    <span class="rule-mode">${mode}</span>
    <div class="token-text">
      <code class="mono rule-pattern">${pattern}</code>
      <p class="meta">
        ${description && html`<span>${description}</span>`}
        <span>priority ${priority}</span>
        ${!enabled && html`<span>not in force</span>`}
      </p>
    </div>
    ${isAdmin &&
    html`<div class="rule-acts">
      <button type="button" class="button" onClick=${toggle}>
        ${enabled ? "Disable" : "Enable"}<span class="off-screen"> ${pattern}</span>
      </button>
      <button type="button" class="button" onClick=${remove}>
        Remove<span class="off-screen"> ${pattern}</span>
      </button>
    </div>`}
  </li>`;
}
