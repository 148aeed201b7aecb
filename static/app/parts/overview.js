/** What is known of an incident: the summary first, then what to do, then what it rests on. */

import { useComputed } from "@preact/signals";
import { dollars, short } from "../lib/amount.js";
import { html } from "../lib/html.js";
import { indented } from "../lib/json-text.js";
import { CitationRow } from "./citation.js";
import { Output } from "./command.js";
import { CopyButton } from "./copy-button.js";
import { CorrelatedAlert, TakenOut } from "./correlated-alert.js";
import { Feedback } from "./feedback.js";
import { IncidentHead } from "./incident-head.js";
import { Section } from "./section.js";
import { SimilarIncidents } from "./similar-incidents.js";
import { Suggestion } from "./suggestion.js";
import { Summary } from "./summary.js";
import { useWatched } from "./watching.js";

export function Overview() {
  const { incident } = useWatched();
  const field = (name) => useComputed(() => incident.value[name]).value;
  const suggestions = field("suggestions");
  const citations = field("citations");
  const alerts = field("correlatedAlerts");
  const usage = field("tokenUsage");
  const payload = useComputed(() => incident.value.alert.rawPayload).value;
  return html`<article class="overview">
    <${IncidentHead} />
    <${Summary} />
    <${Feedback} />
    <${Listed} name="suggestions" title="Next steps" list=${suggestions}
      item=${(one) => html`<${Suggestion} key=${one.id} suggestion=${one} />`} />
    <${SimilarIncidents} />
    <${Listed} name="evidence" title="Evidence" list=${citations}
      item=${(one) => html`<${CitationRow} key=${one.id} citation=${one} />`} />
    <${Listed} name="alerts" title="Related alerts" list=${alerts}
      item=${(one) => html`<${CorrelatedAlert} key=${one.id} alert=${one} />`} />
    <${TakenOut} />
    ${payload && html`<${Payload} text=${payload} />`}
    ${usage && html`<${Usage} usage=${usage} />`}
  </article>`;
}

function Usage({ usage }) {
  const { requestCount, totalTokens, totalCost, models } = usage;
  return html`<p class="meta usage" title=${models.map((one) => `${one.model}: ${dollars(one.cost)}`).join("\n")}>
    <span>Language models: ${dollars(totalCost)}</span>
    <span>${requestCount} ${requestCount === 1 ? "request" : "requests"}</span>
    <span>${short(totalTokens)} tokens</span>
  </p>`;
}

function Listed({ name, title, list, item }) {
  if (list.length === 0) return null;
  return html`<${Section} title=${title} count=${list.length} name=${name}>
    <ul class=${`list list-${name}`}>
      ${list.map(item)}
    </ul>
  <//>`;
}

function Payload({ text }) {
  return html`<details class="payload">
    <summary>What the source sent</summary>
    <${Output} text=${indented(text)} label="Raw payload" />
    <${CopyButton} text=${text} what="the raw payload" />
  </details>`;
}
