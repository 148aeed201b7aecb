/** Who belongs to the organization and what each may do; for admins also changing that, and inviting. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { ROLES } from "../lib/roles.js";
import { asUser, user } from "../store.js";
import { Invitations } from "./invitations.js";
import { Member } from "./member.js";
import { Pulse } from "./pulse.js";
import { Section } from "./section.js";

export function Members() {
  const members = useSignal(null);
  const problem = useSignal("");
  const isAdmin = user.value?.role === "admin";
  const read = async () => {
    try {
      members.value = await asUser(rest.members);
      problem.value = "";
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  useEffect(() => void read(), []);
  return html`
    <p class="lead">
      Everybody here sees the same incidents of <bdi>${user.value?.orgName}</bdi>.
      ${!isAdmin && " Only admins invite, change roles and remove."}
    </p>
    ${problem.value &&
    html`<p class="problem" role="alert">
      ${problem.value}${" "}<button type="button" class="link" onClick=${read}>Try again</button>
    </p>`}
    ${!members.value && !problem.value && html`<${Pulse} />`}
    ${members.value &&
    html`<${Section} title="Members" count=${members.value.length} name="members">
      <ul class="list">
        ${members.value.map((one) => {
          return html`<${Member} key=${one.id} member=${one} mayChange=${isAdmin} onChanged=${read} />`;
        })}
      </ul>
    <//>`}
    ${isAdmin ? html`<${Invitations} />` : html`<${Explained} />`}
  `;
}

/** What the roles may do; an admin reads it where one is chosen. */
function Explained() {
  return html`<${Section} title="What the roles may do" name="roles">
    <dl class="roles">
      ${ROLES.map(({ name, title, about }) => html`<div key=${name}><dt>${title}</dt><dd>${about}</dd></div>`)}
    </dl>
  <//>`;
}
