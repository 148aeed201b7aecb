/** Making an API token. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";
import { Choices } from "./choices.js";
import { Icon } from "./icon.js";

const SCOPES = [
  { name: "read", title: "Read", about: "For dashboards and bots that only look." },
  { name: "write", title: "Read and write", about: "For programs that also change something." },
];
const ENDS = [
  [30, "In 30 days"],
  [90, "In 90 days"],
  [365, "In a year"],
  [0, "Never"],
];
const DAY_MS = 86_400_000;

export function NewApiToken({ made, onMade }) {
  const scope = useSignal("read");
  const days = useSignal(90);
  const busy = useSignal(false);
  const problem = useSignal("");
  const submit = async (event) => {
    event.preventDefault();
    const name = new FormData(event.currentTarget).get("name").trim();
    const expiresAt = days.value ? new Date(Date.now() + days.value * DAY_MS).toISOString() : null;
    busy.value = true;
    problem.value = "";
    try {
      made.value = await asUser(() => rest.createApiToken({ name, scope: scope.value, expiresAt }));
      await onMade();
    } catch (refused) {
      problem.value = refused.message;
    }
    busy.value = false;
  };
  return html`<form class="card new-source" onSubmit=${submit}>
    <label class="labelled">
      <span class="label">Name</span>
      <input class="field" name="name" required maxlength="200" placeholder="Deploy script" autocomplete="off" />
      <span class="hint">So that you know later what would stop without it.</span>
    </label>
    <${Choices} legend="It may" group="scope" options=${SCOPES} chosen=${scope} />
    <label class="labelled labelled-short">
      <span class="label">It ends</span>
      <select class="field" value=${days.value} onChange=${(change) => (days.value = Number(change.target.value))}>
        ${ENDS.map(([count, title]) => html`<option key=${count} value=${count}>${title}</option>`)}
      </select>
    </label>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    <button type="submit" class="button button-main" disabled=${busy.value}><${Icon} name="plus" />Make a token</button>
  </form>`;
}
