/** Accounts with providers: those that are connected and how they are, and the providers that there are. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { go, search } from "../lib/route.js";
import { asUser, user } from "../store.js";
import { AccountRow } from "./account-row.js";
import { ConnectorRow } from "./connector-row.js";
import { Pulse } from "./pulse.js";
import { Section } from "./section.js";

const KINDS = [
  ["cloud", "Clouds"],
  ["source code", "Source code"],
  ["tickets", "Tickets"],
  ["chat", "Chat"],
  ["documents", "Documents"],
];
const FAILED = {
  access_denied: "You declined at Google, so nothing was connected.",
  state_invalid: "That sign-in was not begun here in the last ten minutes, or came back before. Begin again.",
  unauthenticated: "You were signed out meanwhile. Begin again.",
  account_refused: "Google did not let us look at any project with that account.",
  provider_away: "Google could not be asked just now. Try again in a moment.",
  secrets_locked: "What is stored here cannot be decrypted: AURORA_SECRET_KEY is not the one it was encrypted under.",
};

export function Accounts() {
  const found = useSignal(null);
  const status = useSignal(null);
  const problem = useSignal("");
  const back = useSignal(null);
  const read = async () => {
    try {
      found.value = await asUser(rest.connectors);
      problem.value = "";
      status.value = await asUser(rest.connectorStatus);
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  useEffect(() => void ((back.value = cameBack()), read()), []);
  return html`<div class="accounts">
    <p class="lead">
      What is connected here is there for every investigation of <bdi>${user.value?.orgName}</bdi>. Keys are encrypted,
      and never shown again.
    </p>
    ${back.value &&
    html`<p class=${back.value.isGood ? "came-back" : "problem"} role=${back.value.isGood ? "status" : "alert"}>${back.value.text}</p>`}
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${!found.value && !problem.value && html`<${Pulse} />`}
    ${found.value && html`<${Found} ...${found.value} status=${status.value} onChanged=${read} />`}
  </div>`;
}

function Found({ connectors, accountsCanBeStored, status, onChanged }) {
  const isEditor = user.value?.role !== "viewer";
  const mayConnect = isEditor && accountsCanBeStored;
  const connected = connectors.flatMap((connector) => connector.accounts.map((account) => ({ connector, account })));
  return html`
    ${!accountsCanBeStored &&
    html`<p class="hint">No account can be kept here until the operator sets <code class="mono">AURORA_SECRET_KEY</code>.</p>`}
    ${connected.length > 0 &&
    html`<${Section} title="Connected" count=${connected.length} name="connected">
      <ul class="list">
        ${connected.map(({ connector, account }) => {
          const standing = status?.[connector.name]?.accounts.find((one) => one.id === account.id);
          return html`<${AccountRow}
            key=${account.id} connector=${connector} account=${account} standing=${standing} mayChange=${isEditor} onChanged=${onChanged}
          />`;
        })}
      </ul>
    <//>`}
    ${KINDS.map(([kind, title]) => {
      const some = connectors.filter((one) => one.kind === kind);
      if (some.length === 0) return null;
      return html`<${Section} key=${kind} title=${title} name="connectors">
        <ul class="list">
          ${some.map((one) => html`<${ConnectorRow} key=${one.name} connector=${one} mayConnect=${mayConnect} onChanged=${onChanged} />`)}
        </ul>
      <//>`;
    })}
  `;
}

/** What became of a sign-in that the browser comes back from; null when it does not. It is told once. */
function cameBack() {
  const told = new URLSearchParams(search.value);
  const login = told.get("login");
  if (!login) return null;
  go("/settings/accounts", { replace: true });
  if (login === "gcp_success") return { isGood: true, text: "Google Cloud is connected." };
  return { isGood: false, text: FAILED[told.get("code")] ?? "Google Cloud was not connected. Begin again." };
}
