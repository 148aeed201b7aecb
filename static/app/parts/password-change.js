/** Changing one's own password. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { user } from "../store.js";

export function PasswordChange() {
  const said = useSignal("");
  const problem = useSignal("");
  const busy = useSignal(false);
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { current, fresh } = Object.fromEntries(new FormData(form));
    busy.value = true;
    said.value = problem.value = "";
    try {
      await rest.changePassword(current, fresh); // not asUser: a wrong password ends no session
      form.reset();
      said.value = "Changed. All other browsers are signed out.";
    } catch (refused) {
      problem.value = refused.message;
    }
    busy.value = false;
  };
  return html`<form class="card new-source" onSubmit=${submit}>
    <input class="off-screen" name="username" type="email" value=${user.value.email} autocomplete="username" readonly tabindex="-1" aria-hidden="true" />
    <label class="labelled labelled-short">
      <span class="label">Present password</span>
      <input class="field" name="current" type="password" required autocomplete="current-password" />
    </label>
    <label class="labelled labelled-short">
      <span class="label">New password</span>
      <input class="field" name="fresh" type="password" required minlength="8" autocomplete="new-password" />
      <span class="hint">At least 8 characters. It signs you out in all other browsers; API tokens go on working.</span>
    </label>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    <p class="saving">
      <button type="submit" class="button" disabled=${busy.value}>Change password</button>
      <span class="hint" role="status">${said.value}</span>
    </p>
  </form>`;
}
