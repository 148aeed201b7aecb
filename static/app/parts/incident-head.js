/** The head of an incident: what it is, how bad, since when, and the way to close it. */

import { useComputed, useSignal } from "@preact/signals";
import { html } from "../lib/html.js";
import { plain, safeUrl } from "../lib/plain.js";
import { Age } from "./age.js";
import { Icon } from "./icon.js";
import { Severity } from "./severity.js";
import { Status } from "./status.js";
import { useWatched } from "./watching.js";

export function IncidentHead() {
  const { incident } = useWatched();
  const { severity, alert, environment, startedAt, resolvedAt, affectedServices } = incident.value;
  const status = useComputed(() => incident.value.status).value;
  const isOver = status === "resolved" || status === "merged";
  const others = affectedServices.filter((service) => service !== alert.service);
  return html`<header class="incident-head">
    <a class="back" href="/"><${Icon} name="back" />Incidents</a>
    <div class="incident-state">
      <${Severity} severity=${severity} named />
      <${Status} ...${incident.value} />
      ${!isOver && html`<${Resolve} />`}
    </div>
    <h1><bdi>${plain(alert.title)}</bdi></h1>
    <p class="meta">
      ${alert.service && html`<bdi class="service">${plain(alert.service)}</bdi>`}
      ${environment && html`<bdi>${plain(environment)}</bdi>`}
      <${SourceLink} alert=${alert} />
      ${isOver && resolvedAt
        ? html`<span>lasted <${Age} key="lasted" since=${startedAt} until=${resolvedAt} /></span>`
        : html`<span>began <${Age} key="began" since=${startedAt} /> ago</span>`}
    </p>
    ${others.length > 0 && html`<p class="meta"><span>also affects ${list(others)}</span></p>`}
  </header>`;
}

const list = (services) => services.map((one, at) => html`${at > 0 && ", "}<bdi class="service">${plain(one)}</bdi>`);

function SourceLink({ alert }) {
  const href = safeUrl(alert.sourceUrl);
  if (!href) return html`<span>${plain(alert.source)}</span>`;
  return html`<span>
    <a href=${href} target="_blank" rel="noopener noreferrer">${plain(alert.source)}<${Icon} name="out" /></a>
  </span>`;
}

function Resolve() {
  const watched = useWatched();
  const busy = useSignal(false);
  const problem = useSignal("");
  const resolve = async () => {
    busy.value = true;
    problem.value = "";
    await watched.setStatus("resolved").catch((refused) => (problem.value = refused.message));
    busy.value = false;
  };
  return html`<span class="resolve">
    ${problem.value && html`<span class="problem" role="alert">${problem.value}</span>`}
    <button type="button" class="button" disabled=${busy.value} onClick=${resolve}>
      <${Icon} name="check" />Resolve
    </button>
  </span>`;
}
