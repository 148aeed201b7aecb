/** The list of incidents, live: new ones slide in, all others change in place. */

import { useSignal } from "@preact/signals";
import { html } from "../lib/html.js";
import { moveFocus, useKeys } from "../lib/keys.js";
import { IncidentRow } from "../parts/incident-row.js";
import { ListFilters } from "../parts/list-filters.js";
import { NoticeSwitch } from "../parts/notices.js";
import { Icon } from "../parts/icon.js";
import { Pulse } from "../parts/pulse.js";
import { Section } from "../parts/section.js";
import { TryIt } from "../parts/try-it.js";
import { isFiltered } from "../reduce/filters.js";
import { feed, filters, listed, readOlder } from "../store.js";

const GROUPS = [
  { name: "investigating", title: "Investigating", statuses: ["investigating"] },
  { name: "analyzed", title: "Analyzed", statuses: ["analyzed"] },
  { name: "over", title: "Resolved", statuses: ["resolved", "merged"], shown: 10 },
];
const ROWS = ".incident-row > a";

export function Incidents() {
  useKeys({
    j: () => moveFocus(ROWS, 1),
    k: () => moveFocus(ROWS, -1),
    "/": () => document.getElementById("search")?.select(),
  });
  if (!feed.value) return html`<div class="page page-list"><h1 class="off-screen">Incidents</h1><${Pulse} /></div>`;
  const isEmpty = feed.value.incidents.length === 0;
  return html`<div class="page page-list">
    <header class="page-head">
      <h1>Incidents</h1>
      ${!isEmpty && html`<${Count} />`}
      ${!isEmpty &&
      html`<span class="page-tools">
        <${NoticeSwitch} />
        <a class="notice-switch" href="/wall" title="Wall screen"><${Icon} name="wall" /><span class="off-screen">Wall screen</span></a>
      </span>`}
    </header>
    ${isEmpty ? html`<${Empty} />` : html`<${ListFilters} /><${Found} />`}
  </div>`;
}

function Count() {
  const open = feed.value.incidents.filter(({ status }) => status === "investigating" || status === "analyzed").length;
  return html`<p class="page-count">${open === 0 ? "All quiet" : `${open} open`}</p>`;
}

function Found() {
  if (!listed.value) return null;
  const { incidents, problem } = listed.value;
  const asked = isFiltered(filters.value);
  return html`
    ${asked && html`<p class="off-screen" role="status">${found(incidents.length)}</p>`}
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    ${asked && incidents.length === 0 && html`<p class="nothing">Nothing matches.</p>`}
    ${GROUPS.map((group) => html`<${Group} key=${group.name} group=${group} asked=${asked} />`)}
    <${Older} />`;
}

const found = (count) => `${count} ${count === 1 ? "incident" : "incidents"} found`;

function Older() {
  const state = useSignal({ busy: false, problem: "" });
  if (!listed.value.nextCursor) return null;
  const onClick = async () => {
    state.value = { busy: true, problem: "" };
    const problem = await readOlder().then(() => "", ({ message }) => message);
    state.value = { busy: false, problem };
  };
  return html`<p class="older">
    <button type="button" class="button" disabled=${state.value.busy} onClick=${onClick}>Show older incidents</button>
    ${state.value.problem && html`<span role="alert">${state.value.problem}</span>`}
  </p>`;
}

function Group({ group, asked }) {
  const isWhole = useSignal(false);
  const { incidents, arrived } = listed.value;
  const all = incidents.filter(({ status }) => group.statuses.includes(status));
  if (all.length === 0) return null;
  const shown = group.shown && !isWhole.value && !asked ? all.slice(0, group.shown) : all;
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
      <li><${TryIt} /></li>
    </ul>
    <p class="hint">This page is live. The first incident appears here by itself.</p>
  </div>`;
}
