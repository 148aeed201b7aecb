/** A form for a silence; `/settings/silences?for=…` fills in which alerts it is about. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { parsedMatchers } from "../lib/matchers.js";
import { search } from "../lib/route.js";
import { asUser } from "../store.js";
import { Icon } from "./icon.js";

const LENGTHS = [
  ["30 minutes", 0.5],
  ["1 hour", 1],
  ["4 hours", 4],
  ["1 day", 24],
  ["1 week", 168],
];

/** `made` is called when there is one more. */
export function NewSilence({ made }) {
  const isLater = useSignal(false);
  const problem = useSignal("");
  const busy = useSignal(false);
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const { matchers, problem: mistake } = parsedMatchers(given.get("for"));
    const begins = isLater.value ? Date.parse(given.get("begins")) : Date.now();
    problem.value = mistake ?? (Number.isNaN(begins) ? "Say when it begins." : "");
    if (problem.value) return;
    const silence = {
      matchers,
      ...(isLater.value ? { startsAt: new Date(begins).toISOString() } : {}),
      endsAt: new Date(begins + Number(given.get("hours")) * 3_600_000).toISOString(),
      comment: given.get("comment").trim(),
    };
    busy.value = true;
    try {
      await asUser(() => rest.makeSilence(silence));
      form.reset();
      isLater.value = false;
      await made();
    } catch (refused) {
      problem.value = refused.message;
    }
    busy.value = false;
  };
  return html`<form class="card new-silence" onSubmit=${submit}>
    <label class="labelled">
      <span class="label">Which alerts</span>
      <input class="field mono" name="for" required maxlength="1000" placeholder="service=checkout-* environment=production"
        defaultValue=${new URLSearchParams(search.value).get("for") ?? ""} autocapitalize="off" autocomplete="off" spellcheck="false" />
      <span class="hint">All must hold. Labels, or alertname, service, environment, severity, source; * is any text, != means not.</span>
    </label>
    <label class="labelled">
      <span class="label">Why</span>
      <input class="field" name="comment" required maxlength="500" placeholder="The database moves to new disks." />
    </label>
    <div class="silence-times">
      <label class="labelled">
        <span class="label">Begins</span>
        <select class="field" value=${isLater.value ? "later" : "now"} onChange=${({ currentTarget }) => (isLater.value = currentTarget.value === "later")}>
          <option value="now">Now</option><option value="later">Later …</option>
        </select>
      </label>
      ${isLater.value &&
      html`<label class="labelled"><span class="label">At</span><input class="field" type="datetime-local" name="begins" required /></label>`}
      <label class="labelled">
        <span class="label">Lasts</span>
        <select class="field" name="hours">${LENGTHS.map(([title, hours]) => html`<option key=${hours} value=${hours} defaultSelected=${hours === 1}>${title}</option>`)}</select>
      </label>
      <button type="submit" class="button button-main" disabled=${busy.value}><${Icon} name="mute" />Silence</button>
    </div>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
  </form>`;
}
