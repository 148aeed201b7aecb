/** The alerts that would come of a payload. */

import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { Severity } from "./severity.js";

const SHOWN = 3;

/** `tried` is what trying a mapping answered; null before that. */
export function TriedAlerts({ tried }) {
  if (!tried) return null;
  const { alerts, fields, problem } = tried;
  const isMarked = Object.values(fields).some((found) => found.problem);
  return html`<div class="tried-alerts" role="status" aria-label="What would come of it">
    ${problem && html`<p class="tried-problem">
      No alert would come of it${isMarked ? ". See what is marked above." : `: ${plain(problem)}`}
    </p>`}
    ${!problem && alerts.length === 0 && html`<p class="hint">It tells of no alert.</p>`}
    ${alerts.slice(0, SHOWN).map((alert) => html`<${TriedAlert} key=${alert.fingerprint} alert=${alert} />`)}
    ${alerts.length > SHOWN && html`<p class="hint">and ${alerts.length - SHOWN} more</p>`}
  </div>`;
}

function TriedAlert({ alert }) {
  const { title, status, severity, service, environment, description, fingerprint, labels } = alert;
  return html`<div class="tried-alert">
    <${Severity} severity=${severity} />
    <div>
      <p class="incident-row-title"><bdi>${plain(title)}</bdi></p>
      <p class="meta">
        <span class=${`alert-state alert-${status}`}>${status}</span>
        <span>${plain(severity)}</span>
        ${service && html`<bdi class="service">${plain(service)}</bdi>`}
        ${environment && html`<bdi>${plain(environment)}</bdi>`}
        <span>is <bdi class="mono">${plain(fingerprint)}</bdi></span>
      </p>
      ${description && html`<p class="tried-description"><bdi>${plain(description)}</bdi></p>`}
      ${Object.keys(labels).length > 0 &&
      html`<p class="tried-labels">
        ${Object.entries(labels).map(([name, value]) => html`<bdi key=${name} class="label-pair mono">${plain(`${name}=${value}`)}</bdi>`)}
      </p>`}
    </div>
  </div>`;
}
