/** One incident in the list. */

import { useMemo } from "preact/hooks";
import { gist } from "../lib/gist.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { Age } from "./age.js";
import { Severity } from "./severity.js";
import { Seen, Status } from "./status.js";

/** `isNew`: it came while somebody was looking, and slides in. */
export function IncidentRow({ incident, isNew }) {
  return useMemo(() => html`<${Row} incident=${incident} isNew=${isNew} />`, [incident, isNew]);
}

function Row({ incident, isNew }) {
  const { id, alert, severity, summary, environment, correlatedAlertCount: joined, affectedServices } = incident;
  const others = affectedServices.filter((service) => service !== alert.service);
  const sentence = gist(summary);
  return html`<li class=${`incident-row ${isNew ? "incident-row-new" : ""}`}>
    <a href=${`/incidents/${id}`}>
      <${Severity} severity=${severity} />
      <span class="incident-row-text">
        <span class="incident-row-title"><bdi>${plain(alert.title)}</bdi></span>
        <span class="meta">
          ${alert.service && html`<bdi class="service">${plain(alert.service)}</bdi>`}
          ${others.length > 0 && html`<span title=${plain(others.join(", "))}>+${counted(others.length, "service")}</span>`}
          ${environment && html`<bdi>${plain(environment)}</bdi>`}
          <span>${plain(alert.source)}</span>
          <${Seen} ...${incident} />
          ${joined > 0 && html`<span>${counted(joined, "related alert")}</span>`}
        </span>
        ${sentence && html`<span class="incident-row-gist"><bdi>${plain(sentence)}</bdi></span>`}
      </span>
      <span class="incident-row-state"><${Status} ...${incident} /><${Age} since=${incident.startedAt} /></span>
    </a>
  </li>`;
}

const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
