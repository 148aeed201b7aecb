/** What the investigator can look at: which toolsets are enabled, how they are, and why not. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";
import { Age } from "./age.js";

const WORDS = { healthy: "healthy", unhealthy: "unhealthy", disabled: "not enabled", unknown: "not checked yet" };

export function Toolsets() {
  const toolsets = useSignal([]);
  const problem = useSignal("");
  useEffect(() => {
    asUser(() => rest.toolsets()).then(
      (found) => (toolsets.value = found),
      (refused) => (problem.value = refused.message),
    );
  }, []);
  if (problem.value) return html`<p class="problem" role="alert">${problem.value}</p>`;
  if (toolsets.value.length === 0) return null;
  const inUseFirst = toolsets.value.toSorted((a, b) => (a.status === "disabled") - (b.status === "disabled"));
  return html`
    <p class="lead">What the investigator can look at, each looked after every minute.</p>
    <ul class="list">
      ${inUseFirst.map((one) => html`<${Toolset} key=${one.name} toolset=${one} />`)}
    </ul>
  `;
}

function Toolset({ toolset }) {
  const { title, description, status, message, checkedAt, tools } = toolset;
  return html`<li class="token toolset toolset-${status}">
    <div class="token-text">
      <span class="token-name">${title}</span>
      <p class="toolset-about">${description}</p>
      <p class="toolset-said">${message}</p>
      <p class="meta">
        <span>${tools.length} ${tools.length === 1 ? "tool" : "tools"}</span>
        ${checkedAt && html`<span>checked <${Age} since=${checkedAt} /> ago</span>`}
      </p>
    </div>
    <span class="toolset-status">${WORDS[status] ?? status}</span>
  </li>`;
}
