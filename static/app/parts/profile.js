/** One's own account: name, password, and where one is signed in. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { roleOf } from "../lib/roles.js";
import { asUser, user } from "../store.js";
import { Logins } from "./logins.js";
import { PasswordChange } from "./password-change.js";
import { Section } from "./section.js";

export function Profile() {
  const { email, role, orgName } = user.value;
  const { title, about } = roleOf(role);
  return html`
    <div class="card profile">
      <${Name} />
      <dl class="profile-facts">
        <div><dt>E-mail</dt><dd><bdi>${plain(email)}</bdi></dd></div>
        <div><dt>Organization</dt><dd><bdi>${plain(orgName)}</bdi></dd></div>
        <div><dt>Role</dt><dd>${title}<span class="hint">${about}</span></dd></div>
      </dl>
    </div>
    <${Section} title="Password" name="password"><${PasswordChange} /><//>
    <${Logins} />
  `;
}

function Name() {
  const said = useSignal("");
  const problem = useSignal("");
  const submit = async (event) => {
    event.preventDefault();
    const name = new FormData(event.currentTarget).get("name").trim();
    said.value = problem.value = "";
    try {
      await asUser(() => rest.rename(name));
      user.value = { ...user.value, name };
      said.value = "Saved";
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  return html`<form class="profile-name" onSubmit=${submit}>
    <label class="labelled">
      <span class="label">Name</span>
      <input class="field" name="name" required maxlength="200" autocomplete="name" value=${user.value.name} />
      <span class="hint">Others see it where you look at an incident or decide something.</span>
    </label>
    <p class="saving">
      <button type="submit" class="button">Save</button>
      <span class="hint" role="status">${said.value}</span>
      ${problem.value && html`<span class="problem" role="alert">${problem.value}</span>`}
    </p>
  </form>`;
}
