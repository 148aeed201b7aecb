/** The head of an incident: what it is, how bad, since when, and what can be done with it. */

import { useComputed } from "@preact/signals";
import { html } from "../lib/html.js";
import { plain, safeUrl } from "../lib/plain.js";
import { feed } from "../store.js";
import { Act } from "./act.js";
import { Age } from "./age.js";
import { CopyButton } from "./copy-button.js";
import { Icon } from "./icon.js";
import { Present } from "./present.js";
import { Severity } from "./severity.js";
import { Status } from "./status.js";
import { useWatched } from "./watching.js";

export function IncidentHead() {
  const { incident } = useWatched();
  const { severity, alert, environment, startedAt, resolvedAt, affectedServices, mergedInto } = incident.value;
  const status = useComputed(() => incident.value.status).value;
  const isOver = status === "resolved" || status === "merged";
  const others = affectedServices.filter((service) => service !== alert.service);
  return html`<header class="incident-head">
    <a class="back" href="/"><${Icon} name="back" />Incidents</a>
    <div class="incident-state">
      <${Severity} severity=${severity} named />
      <${Status} ...${incident.value} />
      <${Acts} isOver=${isOver} />
    </div>
    <h1><bdi>${plain(alert.title)}</bdi></h1>
    <p class="meta">
      ${alert.service && html`<bdi class="service">${plain(alert.service)}</bdi>`}
      ${environment && html`<bdi>${plain(environment)}</bdi>`}
      <${SourceLink} alert=${alert} />
      ${isOver && resolvedAt
        ? html`<span>lasted <${Age} key="lasted" since=${startedAt} until=${resolvedAt} /></span>`
        : html`<span>began <${Age} key="began" since=${startedAt} /> ago</span>`}
      <${Present} />
    </p>
    ${mergedInto && html`<${MergedInto} id=${mergedInto} />`}
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

/** What can be done with the incident: its investigation stopped or begun again, and itself resolved. */
function Acts({ isOver }) {
  const watched = useWatched();
  const { auroraStatus, mergedInto } = watched.incident.value;
  const investigation =
    auroraStatus === "running"
      ? html`<${Act} key="stop" icon="stop" isQuiet act=${() => watched.stopInvestigation()}>Stop investigating<//>`
      : html`<${Act} key="again" icon="again" isQuiet act=${() => watched.investigate()}>Investigate again<//>`;
  const address = `${location.origin}/incidents/${watched.id}`;
  return html`<span class="acts">
    <${CopyButton} key="share" text=${address} verb="Copy link" what="to this incident" />
    ${!mergedInto && investigation}
    ${!isOver && html`<${Act} key="resolve" icon="check" act=${() => watched.setStatus("resolved")}>Resolve<//>`}
  </span>`;
}

function MergedInto({ id }) {
  const other = useComputed(() => feed.value?.incidents.find((one) => one.id === id)).value;
  return html`<p class="meta">
    <span>Merged into <a href=${`/incidents/${id}`}><bdi>${other ? plain(other.alert.title) : "another incident"}</bdi></a></span>
  </p>`;
}
