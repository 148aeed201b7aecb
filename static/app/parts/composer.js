/** Where a question is typed. Enter sends, Shift+Enter begins a line; while an answer is coming, it can be stopped. */

import { useSignal } from "@preact/signals";
import { html } from "../lib/html.js";
import { Answerer } from "./answerer.js";
import { Icon } from "./icon.js";
import { useWatched } from "./watching.js";

const LONGEST = 8_000;

/** `waits` is the question whose answer is coming, or null; `about` says what one asks about. */
export function Composer({ waits, about = "Ask about this incident" }) {
  const watched = useWatched();
  const { draft } = watched;
  const problem = useSignal("");
  const send = (submit) => {
    submit?.preventDefault();
    const text = draft.value.trim();
    if (!text) return;
    draft.value = "";
    watched.ask(text);
  };
  const onKeyDown = (key) => {
    if (key.key === "Enter" && !key.shiftKey && !key.isComposing) send(key);
  };
  const stop = async () => {
    problem.value = "";
    await watched.callOff(waits).catch((refused) => (problem.value = refused.message));
  };
  return html`<form class="composer" onSubmit=${send}>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    <div class="composer-box">
      <textarea
        rows="1" maxlength=${LONGEST} placeholder=${about} aria-label="Your question"
        value=${draft.value} onInput=${(input) => (draft.value = input.currentTarget.value)} onKeyDown=${onKeyDown}
      />
      ${waits &&
      html`<button type="button" class="button composer-stop" onClick=${stop}><${Icon} name="stop" />Stop</button>`}
      <button type="submit" class="button button-main button-icon" aria-label="Send" disabled=${!draft.value.trim()}>
        <${Icon} name="send" />
      </button>
    </div>
    <${Answerer} />
  </form>`;
}
