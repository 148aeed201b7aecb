/**
 * Whether a proposed action is done: who decides, until when, and what became of it.
 *
 * Approving takes two steps, and the second shows the exact command: nobody approves what they have not read.
 */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { user } from "../store.js";
import { Act } from "./act.js";
import { Age } from "./age.js";
import { Citation } from "./citation.js";
import { Command } from "./command.js";
import { Icon } from "./icon.js";
import { second } from "./second.js";
import { useCitations, useWatched } from "./watching.js";

const MINUTE_MS = 60_000;

/** One approval; `approval` is as the server tells it. */
export function Approval({ approval }) {
  const isOver = useComputed(() => Date.parse(approval.expires_at) <= second.value).value;
  if (approval.status === "pending") {
    return isOver ? html`<${Told} name="expired">Nobody decided in time<//>` : html`<${Pending} approval=${approval} />`;
  }
  if (approval.status === "expired") return html`<${Told} name="expired">Nobody decided in time<//>`;
  if (approval.status === "declined") return html`<${Told} name="declined"><${Decided} approval=${approval} word="Declined" /><//>`;
  return html`<div class="approval-outcome">
    <${Told} name="approved"><${Decided} approval=${approval} word="Approved" /><//>
    <${Ran} approval=${approval} />
  </div>`;
}

function Told({ name, children }) {
  return html`<p class=${`approval approval-${name}`} role="status">${children}</p>`;
}

function Decided({ approval, word }) {
  return html`<span>${word} by <bdi>${plain(approval.by_name || "somebody")}</bdi></span>
    <span class="approval-when"><${Age} since=${approval.decided_at} /> ago</span>`;
}

function Pending({ approval }) {
  const watched = useWatched();
  const asked = useSignal(false);
  const left = useComputed(() => timeLeft(Date.parse(approval.expires_at) - second.value)).value;
  const may = user.value?.role !== "viewer";
  const decide = (decision) => () => watched.decide(approval.id, decision);
  if (asked.value) {
    return html`<${Confirm} approval=${approval} approve=${decide("approve")} back=${() => (asked.value = false)} />`;
  }
  return html`<div class="approval approval-pending">
    <p role="status">
      <span class="approval-word">Waits for approval</span>
      <span class="approval-when">${left}</span>
    </p>
    ${may
      ? html`<div class="approval-acts">
          <${Act} icon="close" isQuiet act=${decide("decline")}>Decline<//>
          <button type="button" class="button button-main" onClick=${() => (asked.value = true)}>
            <${Icon} name="check" />Approve …
          </button>
        </div>`
      : html`<span class="hint">An editor or an admin decides.</span>`}
  </div>`;
}

function Confirm({ approval, approve, back }) {
  const question = useRef(null);
  useEffect(() => question.current?.focus(), []);
  const escape = (key) => key.key === "Escape" && back();
  const what = approval.runs
    ? "This runs on the server, as soon as you approve it:"
    : "The server does not run this. Your approval is recorded, and you run it yourself:";
  return html`<div class="approval-confirm" role="group" aria-label="Approve this command?" onKeyDown=${escape}>
    <p tabindex="-1" ref=${question}>${what}</p>
    <${Command} text=${approval.command} what="the command to approve" />
    ${!approval.runs && approval.reason && html`<p class="hint">${plain(approval.reason)}</p>`}
    <div class="approval-acts">
      <button type="button" class="button button-quiet" onClick=${back}>Back</button>
      <${Act} icon="check" isMain act=${approve}>${approval.runs ? "Approve and run" : "Approve"}<//>
    </div>
  </div>`;
}

const RUNS = {
  by_hand: ["hand", "Run it yourself: the command is above."],
  waiting: ["runs", "It waits for a worker."],
  running: ["runs", "It runs now."],
  refused: ["refused", "It was not run."],
  interrupted: ["interrupted", "Interrupted: look whether it took effect."],
};

function Ran({ approval }) {
  const { run, reason, exit_status: exit, citation } = approval;
  const opened = useSignal(false);
  const shown = useCitations()(citation).value;
  if (run === "done") {
    const isWell = exit === 0;
    const word = isWell ? "It ran." : exit === null ? "It was ended." : `It failed (exit status ${exit}).`;
    return html`<p class=${`approval-run approval-run-${isWell ? "well" : "refused"}`} role="status">
      <span class="approval-word">${word}</span>
      ${reason && html`<span>${plain(reason)}</span>`}
      ${shown &&
      html`<button type="button" class="button button-quiet" aria-expanded=${opened.value}
        onClick=${() => (opened.value = !opened.value)}>
        What it said <span class="cite cite-still">${citation}</span>
      </button>`}
    </p>
    ${shown && opened.value && html`<${Citation} citation=${shown} onClose=${() => (opened.value = false)} />`}`;
  }
  if (!Object.hasOwn(RUNS, run)) return null;
  const [name, word] = RUNS[run];
  return html`<p class=${`approval-run approval-run-${name}`} role="status">
    <span class="approval-word">${word}</span>
    ${reason && html`<span>${plain(reason)}</span>`}
  </p>`;
}

function timeLeft(ms) {
  if (ms < MINUTE_MS) return "less than a minute left";
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 120) return `${minutes} min left`;
  return `${Math.floor(minutes / 60)} h left`;
}
