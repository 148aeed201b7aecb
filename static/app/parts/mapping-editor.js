/** How the payloads of a webhook map to alerts: an expression for each field, tried on a payload while one writes. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { mayWrite, readSources } from "../alert-sources.js";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { parsed, written } from "../lib/mapping.js";
import { asUser } from "../store.js";
import { MappingFields } from "./mapping-fields.js";
import { ReplayFailed } from "./replay-failed.js";
import { Section } from "./section.js";
import { TriedAlerts } from "./tried-alerts.js";
import { TriedPayload } from "./tried-payload.js";

const PAUSE_MS = 350;

export function MappingEditor({ webhook, source }) {
  const mapping = useSignal(webhook.mapping ?? source.mapping);
  const payload = useSignal("");
  const tried = useSignal(null);
  const saved = useSignal("");
  const problem = useSignal("");
  const wanted = useComputed(() => JSON.stringify({ mapping: written(mapping.value), payload: parsed(payload.value).value }));
  useEffect(() => {
    const { payload: given } = JSON.parse(wanted.value);
    if (given === undefined) return undefined;
    let isCurrent = true;
    const tell = (told) => isCurrent && (tried.value = told);
    const wait = setTimeout(() => {
      asUser(() => rest.tryMapping(webhook.id, JSON.parse(wanted.value))).then(tell, (refused) =>
        tell({ alerts: [], fields: {}, problem: refused.message }),
      );
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(wait);
    };
  }, [wanted.value]);
  const change = (field, expression) => {
    mapping.value = { ...mapping.value, [field]: expression };
    saved.value = "";
  };
  const keep = async (kept, words) => {
    problem.value = "";
    try {
      await asUser(() => rest.changeWebhook(webhook.id, { mapping: kept }));
      mapping.value = kept ?? source.mapping;
      saved.value = words;
      await readSources();
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  const submit = (event) => {
    event.preventDefault();
    keep(written(mapping.value), "Saved.");
  };
  return html`<${Section} title="Mapping" name="mapping">
    <form class="card mapping" onSubmit=${submit}>
      <p class="hint">
        An expression in JMESPath for each field, tried as you write. What is left empty is not filled in.
      </p>
      <${TriedPayload} webhook=${webhook} source=${source} payload=${payload} />
      <${MappingFields} mapping=${mapping.value} fields=${tried.value?.fields ?? {}} onChange=${change} />
      <${TriedAlerts} tried=${tried.value} />
      ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
      ${mayWrite.value &&
      html`<div class="saving">
        <button type="submit" class="button button-main">Save mapping</button>
        ${webhook.mapping &&
        html`<button type="button" class="button" onClick=${() => keep(null, "The usual names hold again.")}>
          Back to the usual names
        </button>`}
        <span role="status">${saved.value}</span>
        ${saved.value && webhook.failed > 0 && html`<${ReplayFailed} webhook=${webhook} count=${webhook.failed} onDone=${readSources} />`}
      </div>`}
    </form>
  <//>`;
}
