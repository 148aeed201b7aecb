/** The alerts that joined the incident, each with why, and with a way to take it out again. */

import { useComputed } from "@preact/signals";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { user } from "../store.js";
import { Act } from "./act.js";
import { Age } from "./age.js";
import { Severity } from "./severity.js";
import { useWatched } from "./watching.js";

/** One correlated alert. */
export function CorrelatedAlert({ alert }) {
  const watched = useWatched();
  const isMerged = useComputed(() => watched.incident.value.mergedInto !== null).value;
  const mayWrite = user.value !== null && user.value?.role !== "viewer";
  const title = plain(alert.alertTitle);
  return html`<li class="joined">
    <${Severity} severity=${alert.alertSeverity} />
    <div class="joined-text">
      <bdi class="joined-title">${title}</bdi>
      <p class="meta">
        ${alert.alertService && html`<bdi>${plain(alert.alertService)}</bdi>`}
        <span>${plain(alert.sourceType)}</span>
        <span class=${`alert-state alert-${alert.status}`}>${plain(alert.status)}</span>
        ${alert.correlationScore < 1 && html`<span>${Math.round(alert.correlationScore * 100)} % sure</span>`}
        <span class="joined-age"><${Age} since=${alert.receivedAt} /> ago</span>
      </p>
      ${alert.correlationDetails && html`<p class="joined-why"><bdi>${plain(alert.correlationDetails)}</bdi></p>`}
    </div>
    ${mayWrite &&
    !isMerged &&
    html`<${Act} icon="apart" isQuiet act=${() => watched.unmergeAlert(alert)}>
      Unmerge<span class="off-screen"> ${title}</span>
    <//>`}
  </li>`;
}

/** What was taken out just now, and putting it back. */
export function TakenOut() {
  const watched = useWatched();
  const taken = watched.takenOut.value;
  return html`<div role="status">
    ${taken &&
    html`<p class="card taken-out">
      <span>
        “<bdi>${plain(taken.title)}</bdi>” is${" "}<a href=${`/incidents/${taken.incident}`}>an incident of its own</a> now.
      </span>
      <${Act} icon="again" isQuiet act=${() => watched.putBack()}>Undo<//>
    </p>`}
  </div>`;
}
