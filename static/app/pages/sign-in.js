/** Signing in, and registering. */

import { useSignal } from "@preact/signals";
import { html } from "../lib/html.js";
import { Field, NEW_PASSWORD } from "../parts/field.js";
import { Pulse } from "../parts/pulse.js";
import { register, signIn } from "../store.js";

/** The card that a visitor meets. After signing in, the page that was asked for is shown. */
export function SignIn() {
  const isNew = useSignal(false);
  const problem = useSignal("");
  const busy = useSignal(false);
  const submit = async (event) => {
    event.preventDefault();
    const { email, password, name } = Object.fromEntries(new FormData(event.currentTarget));
    busy.value = true;
    problem.value = "";
    const work = isNew.value ? register({ email, password, name }) : signIn(email, password);
    await work.catch((refused) => (problem.value = refused.message));
    busy.value = false;
  };
  const other = () => {
    isNew.value = !isNew.value;
    problem.value = "";
  };
  const password = isNew.value ? NEW_PASSWORD : { autocomplete: "current-password" };
  return html`<div class="sign-in">
    <form class="card sign-in-card" onSubmit=${submit}>
      <p class="brand sign-in-brand"><${Pulse} still /><span class="brand-name">Aurora RT</span></p>
      <h1>${isNew.value ? "Create your account" : "Sign in"}</h1>
      ${isNew.value && html`<${Field} key="name" name="name" label="Name" autocomplete="name" maxlength="200" />`}
      <${Field} key="email" name="email" label="E-mail" type="email" autocomplete="username" required autofocus />
      <${Field} key="password" name="password" label="Password" type="password" required ...${password} />
      ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
      <button type="submit" class="button button-main button-wide" disabled=${busy.value}>
        ${busy.value ? "One moment…" : isNew.value ? "Create account" : "Sign in"}
      </button>
      <p class="sign-in-other">
        ${isNew.value ? "You have an account?" : "New here?"}${" "}
        <button type="button" class="link" onClick=${other}>${isNew.value ? "Sign in" : "Create an account"}</button>
      </p>
    </form>
  </div>`;
}
