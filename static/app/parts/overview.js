/** What is known of an incident: the summary first, then what to do, then what it rests on. */

import { useComputed, useSignal } from "@preact/signals";
import { dollars, short, spent } from "../lib/amount.js";
import { html } from "../lib/html.js";
import { CitationRow } from "./citation.js";
import { CopyButton } from "./copy-button.js";
import { CorrelatedAlert, TakenOut } from "./correlated-alert.js";
import { Feedback } from "./feedback.js";
import { IncidentHead } from "./incident-head.js";
import { RenderedOutput } from "./rendered-output.js";
import { later } from "./later.js";
import { Section } from "./section.js";
import { SimilarIncidents } from "./similar-incidents.js";
import { Suggestion } from "./suggestion.js";
import { Summary } from "./summary.js";
import { useWatched } from "./watching.js";

const FOLDED = 20;
const WORTH_FOLDING = 30;
const Surroundings = later(() => import("../later/surroundings.js").then((module) => module.Surroundings));

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
    <${Surroundings} waiting=${html`<div class="section timeline-room" />`} />
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
    <span>Language models: ${spent(totalCost, totalTokens)}</span>
    <span>${requestCount} ${requestCount === 1 ? "request" : "requests"}</span>
    <span>${short(totalTokens)} tokens</span>
  </p>`;
}

/** A long list shows its beginning, and the rest when it is asked for. */
function Listed({ name, title, list, item }) {
  const isWhole = useSignal(false);
  if (list.length === 0) return null;
  const shown = isWhole.value || list.length <= WORTH_FOLDING ? list : list.slice(0, FOLDED);
  return html`<${Section} title=${title} count=${list.length} name=${name}>
    <ul class=${`list list-${name}`}>
      ${shown.map(item)}
    </ul>
    ${shown.length < list.length &&
    html`<button type="button" class="button button-quiet" onClick=${() => (isWhole.value = true)}>Show all ${list.length}</button>`}
  <//>`;
}

function Payload({ text }) {
  const isOpen = useSignal(false);
  return html`<details class="payload" onToggle=${(toggle) => (isOpen.value = toggle.currentTarget.open)}>
    <summary>What the source sent</summary>
    ${isOpen.value &&
    html`<${RenderedOutput} text=${text} label="Raw payload" />
      <${CopyButton} text=${text} what="the raw payload" />`}
  </details>`;
}
