/** What is said in one chat: what is written down, what is on its way, and the answer as it comes. */

import { html } from "../lib/html.js";
import { Answer, AnswerBeingWritten, Question, Unsent } from "./message.js";
import { Pulse } from "./pulse.js";
import { useWatched } from "./watching.js";

/** `waits` is the question whose answer is coming, or null; `unsent` are the reader's own that the server has not. */
export function Messages({ session, unsent, waits }) {
  const watched = useWatched();
  return html`<div role="log" aria-live="polite" aria-label="Messages">
    <ol class="messages">
      ${(session?.messages ?? []).map((message) => {
        const Kind = message.sender === "user" ? Question : Answer;
        const calledOff = watched.calledOff.value[message.id];
        return html`<${Kind} key=${message.id} message=${message} calledOff=${calledOff} />`;
      })}
      ${unsent.map((one) => {
        return html`<${Unsent} key=${one.clientId} unsent=${one} onAgain=${() => watched.askAgain(one)} />`;
      })}
      ${session && html`<${InFlight} sessionId=${session.id} waits=${waits !== null} />`}
    </ol>
  </div>`;
}

/** The answers of this chat that are being written; before the first word, a sign of life. */
function InFlight({ sessionId, waits }) {
  const { writing } = useWatched();
  const answers = Object.values(writing.value.texts).filter((text) => text.sessionId === sessionId);
  if (answers.length === 0) return waits ? html`<li class="at-work"><${Pulse} />Looking at the evidence…</li>` : null;
  return answers.map(({ id, text }) => html`<${AnswerBeingWritten} key=${id} text=${text} />`);
}
