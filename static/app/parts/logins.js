/** Where one is signed in, and signing out there. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { browserName } from "../lib/browser-name.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { asUser } from "../store.js";
import { Age } from "./age.js";
import { Asked } from "./asked.js";
import { Section } from "./section.js";

export function Logins() {
  const logins = useSignal([]);
  const problem = useSignal("");
  const change = async (work) => {
    await asUser(work);
    logins.value = await asUser(rest.logins);
  };
  const read = () => change(async () => {}).catch(({ message }) => (problem.value = message));
  useEffect(() => void read(), []);
  const others = logins.value.filter(({ current }) => !current);
  return html`<${Section} title="Where you are signed in" count=${logins.value.length || null} name="logins">
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    <ul class="list">
      ${logins.value.map((one) => {
        const name = plain(browserName(one.agent));
        return html`<li class="token" key=${one.id}>
          <div class="token-text">
            <span class="token-name" title=${plain(one.agent)}>${name}</span>
            <p class="meta">
              ${one.current
                ? html`<span class="login-here">this browser</span>`
                : html`<span>seen <${Age} since=${one.lastSeenAt} /> ago</span>`}
              <span>signed in <${Age} since=${one.createdAt} /> ago</span>
              <bdi class="mono">${plain(one.address)}</bdi>
            </p>
          </div>
          ${!one.current &&
          html`<button type="button" class="button" onClick=${() => change(() => rest.endLogin(one.id)).catch(read)}>
            Sign out<span class="off-screen"> ${name}</span>
          </button>`}
        </li>`;
      })}
    </ul>
    ${others.length > 0 &&
    html`<p class="logins-end">
      <${Asked}
        act=${() => change(rest.endOtherLogins)} verb="Sign out elsewhere" yes="Sign out"
        question=${`Only this browser stays signed in. ${others.length === 1 ? "One other has" : `${others.length} others have`} to sign in again.`}
      />
    </p>`}
  <//>`;
}
