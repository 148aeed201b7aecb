/** One member: who they are, their role, and for an admin changing it or removing them. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { ROLES, roleOf } from "../lib/roles.js";
import { asUser, user } from "../store.js";
import { Asked } from "./asked.js";

/** Nobody changes or removes themselves here: an admin who means to step down asks another. */
export function Member({ member, mayChange, onChanged }) {
  const { id, role } = member;
  const problem = useSignal("");
  const name = plain(member.name);
  const isSelf = id === user.value?.id;
  const change = async (event) => {
    problem.value = "";
    await asUser(() => rest.changeRole(id, event.target.value)).catch(({ message }) => (problem.value = message));
    await onChanged();
  };
  const remove = async () => {
    await asUser(() => rest.removeMember(id));
    await onChanged();
  };
  return html`<li class="token member">
    <div class="token-text">
      <bdi class="token-name">${name}</bdi>${isSelf && html` <span class="self">you</span>`}
      <p class="meta"><bdi>${plain(member.email)}</bdi></p>
      ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    </div>
    ${mayChange && !isSelf
      ? html`<div class="rule-acts member-acts">
          <select class="field" aria-label=${`Role of ${name}`} value=${role} onChange=${change}>
            ${ROLES.map((one) => html`<option key=${one.name} value=${one.name}>${one.title}</option>`)}
          </select>
          <${Asked}
            act=${remove} verb="Remove" what=${name} question="They are signed out everywhere, at once." yes="Remove" isDanger
          />
        </div>`
      : html`<span class="member-role" title=${roleOf(role).about}>${roleOf(role).title}</span>`}
  </li>`;
}
