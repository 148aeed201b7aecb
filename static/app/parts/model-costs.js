/** What models came to: today beside its limits, and the last days by model. */

import { dollars, short, spent, whole } from "../lib/amount.js";
import { html } from "../lib/html.js";
import { Section } from "./section.js";

export function ModelCosts({ usage, days }) {
  const { requests, tokens, cost, allowedTokens, allowedUsd } = usage.today;
  return html`<${Section} title="Costs" name="costs">
    <div class="card spent">
      <p class="spent-today">
        <span class="label">Today (UTC)</span>
        <b>${spent(cost, tokens)}</b>
        <span class="meta"><span>${whole(requests)} requests</span><span>${short(tokens)} tokens</span></span>
      </p>
      ${allowedUsd !== null && html`<${Budget} used=${cost} allowed=${allowedUsd} as=${dollars} what="dollars" />`}
      ${allowedTokens !== null && html`<${Budget} used=${tokens} allowed=${allowedTokens} as=${whole} what="tokens" />`}
      ${usage.days.length > 0 ? html`<${ByModel} rows=${byModel(usage.days)} days=${days} />` : html`<p class="nothing">No model was asked in the last ${days} days.</p>`}
    </div>
  <//>`;
}

function Budget({ used, allowed, as, what }) {
  const share = allowed > 0 ? used / allowed : 1;
  return html`<label class="budget">
    <span class="budget-said">${as(used)} of ${as(allowed)}${what === "tokens" && " tokens"} a day</span>
    <meter class="budget-bar" min="0" max="1" high="0.8" optimum="0" value=${Math.min(1, share)} />
  </label>`;
}

function ByModel({ rows, days }) {
  return html`<div class="costs-wide">
    <table class="costs">
      <caption class="off-screen">The last ${days} days by model</caption>
      <thead>
        <tr><th scope="col">Last ${days} days</th><th scope="col">Requests</th><th scope="col">Read</th><th scope="col">Written</th><th scope="col">Cost</th></tr>
      </thead>
      <tbody>
        ${rows.map((one) => {
          return html`<tr key=${one.model}>
            <th scope="row"><bdi class="mono">${one.model}</bdi></th>
            <td>${whole(one.requests)}</td>
            <td>${short(one.inputTokens)}</td>
            <td>${short(one.outputTokens)}</td>
            <td>${spent(one.cost, one.inputTokens + one.outputTokens)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** The days' rows summed up by model, the dearest first. */
export function byModel(days) {
  const found = new Map();
  for (const { model, requests, inputTokens, outputTokens, cost } of days) {
    const sum = found.get(model) ?? { model, requests: 0, inputTokens: 0, outputTokens: 0, cost: 0 };
    sum.requests += requests;
    sum.inputTokens += inputTokens;
    sum.outputTokens += outputTokens;
    sum.cost += cost;
    found.set(model, sum);
  }
  return [...found.values()].sort((one, other) => other.cost - one.cost || other.requests - one.requests);
}
