/** The chat about an incident: questions, answers as they are written, and where to type. */

import { html } from "../lib/html.js";
import { waitingQuestion } from "../reduce/chat.js";
import { Composer } from "./composer.js";
import { Follow } from "./follow.js";
import { Messages } from "./messages.js";
import { useWatched } from "./watching.js";

const STARTERS = ["What is the likely cause?", "What was ruled out?", "What should I do next?"];

/** The open chat, with a choice of the others. */
export function Chat() {
  const watched = useWatched();
  const sessions = watched.incident.value.chatSessions;
  const session = sessions.find(({ id }) => id === watched.sessionId.value);
  const unsent = watched.outbox.value.filter(({ sessionId }) => sessionId === watched.sessionId.value);
  const question = waitingQuestion(session);
  const waits = question && !watched.calledOff.value[question.id] ? question : null;
  const isEmpty = !session && unsent.length === 0;
  return html`<div class="chat">
    <${Sessions} sessions=${sessions} chosen=${watched.sessionId} />
    <${Follow} key=${session?.id ?? "new"} label="Chat" fromEnd>
      ${isEmpty && html`<${Start} onAsk=${(text) => watched.ask(text)} />`}
      <${Messages} session=${session} unsent=${unsent} waits=${waits} />
    <//>
    <${Composer} waits=${waits} />
  </div>`;
}

function Sessions({ sessions, chosen }) {
  const choose = (change) => (chosen.value = change.currentTarget.value || null);
  return html`<div class="chat-sessions">
    <select
      class="field" aria-label="Chat" disabled=${sessions.length === 0} value=${chosen.value ?? ""} onChange=${choose}
    >
      ${sessions.map(({ id, title }) => html`<option key=${id} value=${id}>${title || "Untitled chat"}</option>`)}
      <option value="">New chat</option>
    </select>
  </div>`;
}

function Start({ onAsk }) {
  return html`<div class="chat-start">
    <h2>Ask about this incident</h2>
    <p>Answers come from the evidence gathered here, and from a fresh look where that helps.</p>
    ${STARTERS.map((text) => {
      const ask = () => onAsk(text);
      return html`<button type="button" class="button starter" key=${text} onClick=${ask}>${text}</button>`;
    })}
  </div>`;
}
