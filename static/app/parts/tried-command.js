/** A box for a command: while it is typed, it is told whether it may run, and why. Nothing is run. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";

const PAUSE_MS = 250;

/** `rules` are those in force: when they change, the command is tried again. */
export function TriedCommand({ rules }) {
  const typed = useSignal("");
  const told = useSignal(null);
  const command = typed.value.trim();
  useEffect(() => {
    if (!command) {
      told.value = null;
      return;
    }
    let isCurrent = true;
    const tell = (value) => isCurrent && (told.value = value);
    const wait = setTimeout(() => {
      asUser(() => rest.tryCommand(command)).then(tell, (refused) => tell({ problem: refused.message }));
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(wait);
    };
  }, [command, rules]);
  return html`<div class="card tried">
    <label class="labelled">
      <span class="label">Would this run?</span>
      <input
        class="field mono" value=${typed.value} maxlength="2000" placeholder="kubectl get pods -n shop"
        autocapitalize="off" autocomplete="off" spellcheck="false"
        onInput=${(input) => (typed.value = input.currentTarget.value)}
      />
    </label>
    <p class="tried-said" aria-live="polite">
      ${told.value ? html`<${Verdict} told=${told.value} />` : html`<span class="hint">It is judged, not run.</span>`}
    </p>
  </div>`;
}

function Verdict({ told }) {
  if (told.problem) return html`<span class="problem">${told.problem}</span>`;
  const word = told.allowed ? "allowed" : "denied";
  return html`<span class="tried-word tried-${word}">${word}</span> <span>${told.reason}</span>`;
}
