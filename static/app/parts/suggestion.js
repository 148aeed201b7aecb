/** Something to do next: why, how risky, and what to type. */

import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { Command } from "./command.js";
import { Prose } from "./prose.js";

const KINDS = { diagnostic: "Check", mitigation: "Mitigate", remediate: "Fix", prevent: "Prevent" };
const RISKS = { safe: "Safe", low: "Low risk", medium: "Medium risk", high: "High risk" };

/** One suggestion. */
export function Suggestion({ suggestion }) {
  const { title, description, type, risk, command } = suggestion;
  const level = Object.hasOwn(RISKS, risk) ? risk : "other";
  return html`<li class="suggestion">
    <div class="suggestion-head">
      <h3><bdi>${plain(title)}</bdi></h3>
      <span class="suggestion-kind">${KINDS[type] ?? plain(type)}</span>
      <span class="risk risk-${level}">${RISKS[risk] ?? plain(risk)}</span>
    </div>
    ${description && html`<${Prose} text=${description} />`}
    ${command && html`<${Command} text=${command} />`}
  </li>`;
}
