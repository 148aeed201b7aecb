/** What the link of an invitation opens: joining, or the reason why one cannot. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { roleOf } from "../lib/roles.js";
import { go } from "../lib/route.js";
import { Field, NEW_PASSWORD } from "../parts/field.js";
import { Pulse } from "../parts/pulse.js";
import { Until } from "../parts/until.js";
import { register, signOut, user } from "../store.js";

const OVER = "invitation_invalid";

/** `token` is the secret of the link. */
export function Invitation({ token }) {
  const found = useSignal(null);
  const refused = useSignal(null);
  const read = async () => {
    refused.value = null;
    await rest.lookAtInvitation(token).then(
      (where) => (found.value = where),
      (reason) => (refused.value = reason),
    );
  };
  useEffect(() => void read(), [token]);
  const state = () => {
    if (refused.value) return html`<${Refusal} refused=${refused.value} onAgain=${read} />`;
    if (!found.value) return html`<h1 class="off-screen">Invitation</h1><${Pulse} />`;
    if (user.value) return html`<${Elsewhere} found=${found.value} />`;
    return html`<${Join} token=${token} found=${found.value} onOver=${(reason) => (refused.value = reason)} />`;
  };
  return html`<div class="sign-in">
    <div class="card sign-in-card">
      <p class="brand sign-in-brand"><${Pulse} still /><span class="brand-name">Aurora RT</span></p>
      ${state()}
    </div>
  </div>`;
}

function Join({ token, found, onOver }) {
  const problem = useSignal("");
  const busy = useSignal(false);
  const { title, about } = roleOf(found.role);
  const submit = async (event) => {
    event.preventDefault();
    const { email, password, name } = Object.fromEntries(new FormData(event.currentTarget));
    busy.value = true;
    problem.value = "";
    try {
      await register({ email, password, name, invitation: token });
      go("/", { replace: true });
    } catch (refused) {
      if (refused.code === OVER) onOver(refused);
      else problem.value = refused.message;
    }
    busy.value = false;
  };
  return html`<h1>Join <bdi>${plain(found.organization)}</bdi></h1>
    <p class="sign-in-other">
      You are invited as <b>${title.toLowerCase()}</b>. That role ${about[0].toLowerCase()}${about.slice(1)} The invitation ends <${Until}
        end=${found.expiresAt} over="now"
      />.
    </p>
    <form class="sign-in-form" onSubmit=${submit}>
      <${Field} name="name" label="Name" autocomplete="name" maxlength="200" required autofocus />
      <${Field} name="email" label="E-mail" type="email" autocomplete="username" required />
      <${Field} name="password" label="Password" type="password" required ...${NEW_PASSWORD} />
      ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
      <button type="submit" class="button button-main button-wide" disabled=${busy.value}>
        ${busy.value ? "One moment…" : "Create account and join"}
      </button>
    </form>
    <p class="sign-in-other">
      An account belongs to one organization. If you have one already, take another e-mail here, or ${" "}
      <a href="/login">sign in</a> to yours.
    </p>`;
}

/** Somebody who is signed in already cannot take it: their account belongs elsewhere. */
function Elsewhere({ found }) {
  const { name, email, orgName } = user.value;
  return html`<h1>Join <bdi>${plain(found.organization)}</bdi>?</h1>
    <p class="sign-in-other">
      You are signed in as <bdi>${plain(name)}</bdi> (<bdi>${plain(email)}</bdi>), whose account belongs to
      <b><bdi> ${plain(orgName)}</bdi></b>. An account belongs to one organization, so to join, sign out and make
      another one.
    </p>
    <button type="button" class="button button-main button-wide" onClick=${signOut}>Sign out and join</button>
    <a class="button button-wide" href="/">Refuse, and stay where you are</a>
    <p class="sign-in-other">The invitation stays open for somebody else until it is used or revoked.</p>`;
}

function Refusal({ refused, onAgain }) {
  const isOver = refused.code === OVER;
  return html`<h1>${isOver ? "This invitation cannot be used" : "The invitation cannot be read"}</h1>
    <p class="sign-in-other" role="alert">${refused.message}</p>
    ${isOver
      ? html`<a class="button button-wide" href=${user.value ? "/" : "/login"}>${user.value ? "All incidents" : "Sign in"}</a>`
      : html`<button type="button" class="button button-wide" onClick=${onAgain}>Try again</button>`}`;
}
