/** Inviting by a link that is shown once, and the invitations that nobody has used yet. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { ROLES, roleOf } from "../lib/roles.js";
import { asUser } from "../store.js";
import { Age } from "./age.js";
import { Asked } from "./asked.js";
import { Choices } from "./choices.js";
import { Icon } from "./icon.js";
import { Once } from "./once.js";
import { Section } from "./section.js";
import { Until } from "./until.js";

const LASTS = [
  [1, "1 day"],
  [7, "7 days"],
  [30, "30 days"],
];

export function Invitations() {
  const open = useSignal([]);
  const made = useSignal(null);
  const problem = useSignal("");
  const read = async () => {
    try {
      open.value = await asUser(rest.invitations);
      problem.value = "";
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  useEffect(() => void read(), []);
  const withdraw = async (id) => {
    await asUser(() => rest.withdrawInvitation(id));
    if (made.value?.id === id) made.value = null;
    await read();
  };
  return html`<${Section} title="Invite" name="invite">
      ${made.value
        ? html`<${Once}
            title=${`Somebody can join as ${roleOf(made.value.role).title.toLowerCase()}`} text=${made.value.link}
            what="the link" onDone=${() => (made.value = null)}
          >
            Whoever opens it first joins, so send it to that one person. It ends <${Until}
              end=${made.value.expiresAt} over="now"
            />.
          <//>`
        : html`<${Invite} made=${made} onMade=${read} />`}
    <//>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${open.value.length > 0 &&
    html`<${Section} title="Open invitations" count=${open.value.length} name="invitations">
      <ul class="list">
        ${open.value.map(({ id, role, createdAt, expiresAt }) => {
          return html`<li class="token" key=${id}>
            <div class="token-text">
              <span class="token-name">${roleOf(role).title}</span>
              <p class="meta">
                <span>made <${Age} since=${createdAt} /> ago</span>
                <span>ends <${Until} end=${expiresAt} over="now" /></span>
              </p>
            </div>
            <${Asked}
              act=${() => withdraw(id)} verb="Revoke" what=${`the invitation of ${role === "viewer" ? "a" : "an"} ${role}`}
              question="The link stops working." yes="Revoke" isDanger
            />
          </li>`;
        })}
      </ul>
    <//>`}`;
}

function Invite({ made, onMade }) {
  const role = useSignal("editor");
  const days = useSignal(7);
  const busy = useSignal(false);
  const problem = useSignal("");
  const submit = async (event) => {
    event.preventDefault();
    busy.value = true;
    problem.value = "";
    try {
      made.value = await asUser(() => rest.invite({ role: role.value, expiresInDays: days.value }));
      await onMade();
    } catch (refused) {
      problem.value = refused.message;
    }
    busy.value = false;
  };
  return html`<form class="card new-source" onSubmit=${submit}>
    <${Choices} legend="They join as" group="role" options=${ROLES} chosen=${role} />
    <label class="labelled labelled-short">
      <span class="label">The link lasts</span>
      <select class="field" value=${days.value} onChange=${(change) => (days.value = Number(change.target.value))}>
        ${LASTS.map(([count, title]) => html`<option key=${count} value=${count}>${title}</option>`)}
      </select>
    </label>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    <button type="submit" class="button button-main" disabled=${busy.value}><${Icon} name="plus" />Make a link</button>
  </form>`;
}
