/** What the organization notes about itself, for whoever investigates. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";

const MOST = 5_000;

export function Notes({ mayWrite }) {
  const kept = useSignal(null);
  const typed = useSignal("");
  const problem = useSignal("");
  const attempt = async (work) => {
    try {
      kept.value = (await asUser(work)).content;
      typed.value = kept.value;
      problem.value = "";
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  useEffect(() => void attempt(rest.notes), []);
  if (kept.value === null && !problem.value) return null;
  const isChanged = typed.value !== kept.value;
  const submit = (event) => {
    event.preventDefault();
    attempt(() => rest.keepNotes(typed.value));
  };
  return html`<form class="card notes" onSubmit=${submit}>
    <label class="labelled">
      <span class="label">Notes</span>
      <textarea
        class="field" rows="4" maxlength=${MOST} readonly=${!mayWrite} value=${typed.value}
        placeholder="What everybody here knows: names of systems, who owns what, what is normal at night."
        onInput=${(input) => (typed.value = input.currentTarget.value)}
      />
      <span class="hint">${typed.value.length} of ${MOST} characters.</span>
    </label>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${mayWrite && html`<button type="submit" class="button" disabled=${!isChanged}>${isChanged ? "Keep" : "Kept"}</button>`}
  </form>`;
}
