/** The head of an incident: what it is, how bad, since when, and what can be done with it. */

import { useComputed } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { writtenMatchers } from "../lib/matchers.js";
import { plain, safeUrl } from "../lib/plain.js";
import { go } from "../lib/route.js";
import { asUser, feed } from "../store.js";
import { Act } from "./act.js";
import { Age } from "./age.js";
import { CopyButton } from "./copy-button.js";
import { Icon } from "./icon.js";
import { Present } from "./present.js";
import { Severity } from "./severity.js";
import { MergeInto } from "./merge-into.js";
import { Seen, Status } from "./status.js";
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
      <${Seen} ...${incident.value} />
      <span><a href=${silenceOf(alert)}>silence such alerts</a></span>
      <${Present} />
    </p>
    ${mergedInto && html`<${MergedInto} id=${mergedInto} />`}
    ${others.length > 0 && html`<p class="meta"><span>also affects ${list(others)}</span></p>`}
  </header>`;
}

/** Where a silence of alerts like this one is made. */
function silenceOf({ title, service }) {
  const matchers = [["alertname", title], ["service", service]].filter(([, value]) => value && !value.includes('"'));
  const written = writtenMatchers(matchers.map(([name, value]) => ({ name, value, isEqual: true })));
  return `/settings/silences?${new URLSearchParams({ for: written })}`;
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
    <${ToPostmortem} />
    ${!mergedInto && html`<${MergeInto} />`}
    <${CopyButton} key="share" text=${address} verb="Copy link" what="to this incident" />
    ${!mergedInto && investigation}
    ${!isOver && html`<${Act} key="resolve" icon="check" act=${() => watched.setStatus("resolved")}>Resolve<//>`}
  </span>`;
}

/** One click makes a draft from the record, once there is something to tell; from then on it leads there. */
function ToPostmortem() {
  const { incident, id } = useWatched();
  const has = useComputed(() => incident.value.postmortem !== null).value;
  const isTold = useComputed(() => {
    const { auroraStatus, summary, resolvedAt } = incident.value;
    return auroraStatus !== "running" && (summary !== "" || resolvedAt !== null);
  }).value;
  const at = `/incidents/${id}/postmortem`;
  if (has) return html`<a class="button button-quiet" href=${at}><${Icon} name="file" />Postmortem</a>`;
  if (!isTold) return null;
  const draft = async () => {
    await asUser(() => rest.draftPostmortem(id));
    go(at);
  };
  return html`<${Act} key="postmortem" icon="file" isQuiet act=${draft}>Draft postmortem<//>`;
}

function MergedInto({ id }) {
  const watched = useWatched();
  const other = useComputed(() => feed.value?.incidents.find((one) => one.id === id)).value;
  return html`<p class="card taken-out">
    <span>
      Merged into <a href=${`/incidents/${id}`}><bdi>${other ? plain(other.alert.title) : "another incident"}</bdi></a>,
      where its alerts are shown.
    </span>
    <${Act} icon="apart" isQuiet act=${() => watched.unmerge()}>Unmerge<//>
  </p>`;
}
