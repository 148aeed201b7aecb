/** The list of incidents, live: new ones slide in, all others change in place. */

import { useSignal } from "@preact/signals";
import { html } from "../lib/html.js";
import { IncidentRow } from "../parts/incident-row.js";
import { Pulse } from "../parts/pulse.js";
import { Section } from "../parts/section.js";
import { feed } from "../store.js";

const GROUPS = [
  { name: "investigating", title: "Investigating", statuses: ["investigating"] },
  { name: "analyzed", title: "Analyzed", statuses: ["analyzed"] },
  { name: "over", title: "Resolved", statuses: ["resolved", "merged"], shown: 10 },
];

export function Incidents() {
  if (!feed.value) return html`<div class="page page-list"><h1 class="off-screen">Incidents</h1><${Pulse} /></div>`;
  const { incidents } = feed.value;
  const open = incidents.filter(({ status }) => status === "investigating" || status === "analyzed").length;
  return html`<div class="page page-list">
    <header class="page-head">
      <h1>Incidents</h1>
      ${incidents.length > 0 && html`<p class="page-count">${open === 0 ? "All quiet" : `${open} open`}</p>`}
    </header>
    ${incidents.length === 0 && html`<${Empty} />`}
    ${GROUPS.map((group) => html`<${Group} key=${group.name} group=${group} />`)}
  </div>`;
}

function Group({ group }) {
  const isWhole = useSignal(false);
  const { incidents, arrived } = feed.value;
  const all = incidents.filter(({ status }) => group.statuses.includes(status));
  if (all.length === 0) return null;
  const shown = group.shown && !isWhole.value ? all.slice(0, group.shown) : all;
  return html`<${Section} title=${group.title} count=${all.length} name=${group.name}>
    <ul class="incident-list">
      ${shown.map((one) => html`<${IncidentRow} key=${one.id} incident=${one} isNew=${arrived[one.id] ?? false} />`)}
    </ul>
    ${shown.length < all.length &&
    html`<button type="button" class="button button-quiet" onClick=${() => (isWhole.value = true)}>
      Show all ${all.length}
    </button>`}
  <//>`;
}

function Empty() {
  return html`<div class="card empty">
    <${Pulse} still />
    <h2>No incidents yet</h2>
    <p>Aurora opens an incident when an alert comes in, and looks into it at once. Two ways to begin:</p>
    <ul class="empty-ways">
      <li>
        <a class="button button-main" href="/settings">Connect an alert source</a>
        <span>Alertmanager or Grafana sends its alerts to an address of its own. It takes two minutes.</span>
      </li>
      <li>
        <code>aurora-rt up --demo</code>
        <span>Causes a small, harmless problem on this machine and lets you watch the investigation.</span>
      </li>
    </ul>
    <p class="hint">This page is live. The first incident appears here by itself.</p>
  </div>`;
}
