/** A button for what cannot be undone: it asks first, in place. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";

/**
 * `act` answers a promise; `verb` is what the button says, `question` what follows from it, `yes` how one agrees; `what`
 * names what it is done to, for those who do not see the line that it stands in.
 */
export function Asked({ act, verb, question, yes, what = "", isQuiet = false, isDanger = false }) {
  const asks = useSignal(false);
  const problem = useSignal("");
  const keep = useRef(null);
  useEffect(() => {
    if (asks.value) keep.current?.focus();
  }, [asks.value]);
  const agree = async () => {
    try {
      await act();
      asks.value = false;
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  if (!asks.value) {
    return html`<button type="button" class=${`button ${isQuiet ? "button-quiet" : ""}`} onClick=${() => (asks.value = true)}>
      ${verb}${what && html`<span class="off-screen"> ${what}</span>`}
    </button>`;
  }
  return html`<div class="token-ask" role="group" aria-label=${`${verb}${what && ` ${what}`}?`}>
    <span>${question}</span>
    ${problem.value && html`<span class="problem" role="alert">${problem.value}</span>`}
    <button type="button" class=${`button ${isDanger ? "button-danger" : "button-main"}`} onClick=${agree}>${yes}</button>
    <button type="button" class="button" ref=${keep} onClick=${() => (asks.value = false)}>Cancel</button>
  </div>`;
}
