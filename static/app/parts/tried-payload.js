/** The payload that a mapping is tried on: one that was sent lately, or one that is pasted. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { mended } from "../alert-sources.js";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { indented } from "../lib/json-text.js";
import { parsed } from "../lib/mapping.js";
import { clockTime } from "../lib/time.js";
import { asUser } from "../store.js";

const OFFERED = 12;
const PASTED = "pasted";
const WORDS = { failed: "failed", received: "kept", processed: "dealt with" };

/** `payload` is a signal of its text. */
export function TriedPayload({ webhook, source, payload }) {
  const recent = useSignal([]);
  const chosen = useSignal(PASTED);
  const refusal = useSignal("");
  const choose = async (id) => {
    chosen.value = id;
    if (id === PASTED) return;
    try {
      const { body } = await asUser(() => rest.delivery(id));
      if (chosen.value === id) payload.value = indented(body);
      refusal.value = "";
    } catch (refused) {
      refusal.value = refused.message;
    }
  };
  useEffect(() => {
    if (mended.value) choose(mended.value);
    mended.value = null;
  }, [mended.value]);
  useEffect(() => {
    // What failed is what somebody comes here to mend.
    asUser(() => rest.deliveries({ token: webhook.id, limit: OFFERED })).then(
      ({ deliveries }) => {
        recent.value = deliveries;
        const first = deliveries.find(({ status }) => status === "failed") ?? deliveries[0];
        if (payload.value || chosen.value !== PASTED) return;
        if (first) choose(first.id);
        else payload.value = indented(JSON.stringify(source.sample));
      },
      (refused) => (refusal.value = refused.message),
    );
  }, [webhook.id, webhook.failed, webhook.lastUsedAt]);
  const problem = refusal.value || parsed(payload.value).problem;
  return html`<div class="tried-payload">
    <div class="tried-payload-head">
      <label class="label" for="tried-payload">Payload</label>
      <select class="field" aria-label="Which payload" value=${chosen.value} onChange=${(event) => choose(event.currentTarget.value)}>
        <option value=${PASTED}>pasted below</option>
        ${recent.value.map(({ id, receivedAt, status }) => {
          return html`<option key=${id} value=${id}>${clockTime(receivedAt)}, ${WORDS[status]}</option>`;
        })}
      </select>
    </div>
    <textarea
      class="field mono" id="tried-payload" rows="8" spellcheck="false" value=${payload.value} aria-invalid=${Boolean(problem)}
      onInput=${(input) => {
        payload.value = input.currentTarget.value;
        chosen.value = PASTED;
        refusal.value = "";
      }}
    />
    ${problem && html`<p class="problem" role="status">${problem}</p>`}
  </div>`;
}
