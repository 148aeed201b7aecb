/** Something to do next: why, how risky, what it changes and how that is undone, what to type, who lets it be done. */

import { useComputed } from "@preact/signals";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { Approval } from "./approval.js";
import { Command } from "./command.js";
import { Prose } from "./prose.js";
import { useWatched } from "./watching.js";

const KINDS = { diagnostic: "Check", mitigation: "Mitigate", remediate: "Fix", prevent: "Prevent" };
const RISKS = { safe: "Safe", low: "Low risk", medium: "Medium risk", high: "High risk" };

/** One suggestion. */
export function Suggestion({ suggestion }) {
  const { id, title, description, type, risk, command, effect, undo } = suggestion;
  const { incident } = useWatched();
  const approval = useComputed(() => incident.value.approvals.find((one) => one.suggestion_id === id)).value;
  const level = Object.hasOwn(RISKS, risk) ? risk : "other";
  return html`<li class="suggestion">
    <div class="suggestion-head">
      <h3><bdi>${plain(title)}</bdi></h3>
      <span class="suggestion-kind">${KINDS[type] ?? plain(type)}</span>
      <span class="risk risk-${level}">${RISKS[risk] ?? plain(risk)}</span>
    </div>
    ${description && html`<${Prose} text=${description} />`}
    ${(effect || undo) &&
    html`<dl class="suggestion-effect">
      ${effect && html`<dt>Changes</dt><dd><bdi>${plain(effect)}</bdi></dd>`}
      ${undo && html`<dt>To undo</dt><dd><bdi>${plain(undo)}</bdi></dd>`}
    </dl>`}
    ${command && html`<${Command} text=${command} />`}
    ${approval && html`<${Approval} approval=${approval} />`}
  </li>`;
}
