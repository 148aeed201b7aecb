/** What a person needs at a provider before an account can be entered: texts to copy, where to go, a file to use. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";
import { Command } from "./command.js";
import { CopyButton } from "./copy-button.js";
import { Pulse } from "./pulse.js";

export function ConnectorSetup({ name }) {
  const setup = useSignal(null);
  const problem = useSignal("");
  useEffect(() => {
    asUser(() => rest.connectorSetup(name)).then(
      (found) => (setup.value = found),
      (refused) => (problem.value = refused.message),
    );
  }, [name]);
  if (problem.value) return html`<p class="problem" role="alert">${problem.value}</p>`;
  if (!setup.value) return html`<${Pulse} />`;
  const { values, link, template } = setup.value;
  return html`<div class="setup">
    <dl class="setup-values">
      ${Object.entries(values).map(([title, text]) => {
        return html`<div key=${title}>
          <dt>${title}</dt>
          <dd><bdi class="mono">${text}</bdi><${CopyButton} text=${text} what=${title} /></dd>
        </div>`;
      })}
    </dl>
    ${link.startsWith("https:") && html`<p><a class="button" href=${link} target="_blank" rel="noreferrer">Make the role there</a></p>`}
    ${template &&
    html`<details>
      <summary>The template</summary>
      <${Command} text=${template} what="the template" />
    </details>`}
  </div>`;
}
