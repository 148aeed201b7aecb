/** Adding a rule about commands. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { Icon } from "./icon.js";

const MODES = { deny: "Deny", allow: "Allow" };

/** `attempt` does work on the server, and answers whether it went well. */
export function NewRule({ attempt }) {
  const mode = useSignal("deny");
  const busy = useSignal(false);
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const rule = { mode: mode.value, pattern: given.get("pattern"), description: given.get("description") };
    busy.value = true;
    if (await attempt(() => rest.addCommandPolicy(rule))) form.reset();
    busy.value = false;
  };
  return html`<form class="card new-source new-rule" onSubmit=${submit}>
    <h3>Add a rule</h3>
    <fieldset class="choices">
      <legend class="off-screen">What it does</legend>
      ${Object.entries(MODES).map(([name, title]) => {
        return html`<label class="choice" key=${name}>
          <input
            type="radio" name="mode" value=${name} checked=${mode.value === name} onChange=${() => (mode.value = name)}
          />
          <span>${title}</span>
        </label>`;
      })}
    </fieldset>
    <label class="labelled">
      <span class="label">Pattern</span>
      <input
        class="field mono" name="pattern" required maxlength="500" placeholder="kubectl * --namespace=prod"
        autocapitalize="off" autocomplete="off" spellcheck="false"
      />
      <span class="hint">Word by word; a lone * is any number of words, within a word any characters.</span>
    </label>
    <label class="labelled">
      <span class="label">Why</span>
      <input class="field" name="description" maxlength="500" placeholder="Nobody looks into production." />
    </label>
    <button type="submit" class="button button-main" disabled=${busy.value}><${Icon} name="plus" />Add the rule</button>
  </form>`;
}
