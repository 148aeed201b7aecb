/** An alert that joined the incident, and why. */

import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { Age } from "./age.js";
import { Severity } from "./severity.js";

/** One correlated alert. */
export function CorrelatedAlert({ alert }) {
  return html`<li class="joined">
    <${Severity} severity=${alert.alertSeverity} />
    <div class="joined-text">
      <bdi class="joined-title">${plain(alert.alertTitle)}</bdi>
      <p class="meta">
        ${alert.alertService && html`<bdi>${plain(alert.alertService)}</bdi>`}
        <span>${plain(alert.sourceType)}</span>
        <span class=${alert.status === "firing" ? "firing" : ""}>${plain(alert.status)}</span>
      </p>
      ${alert.correlationDetails && html`<p class="joined-why"><bdi>${plain(alert.correlationDetails)}</bdi></p>`}
    </div>
    <${Age} since=${alert.receivedAt} />
  </li>`;
}
