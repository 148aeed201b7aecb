/** What is said in one chat: what is written down, what is on its way, and the answer as it comes. */

import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { looksOf } from "../reduce/writing.js";
import { Icon } from "./icon.js";
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

/** The answers of this chat that are being written, and what is looked at for them; before that, a sign of life. */
function InFlight({ sessionId, waits }) {
  const { writing } = useWatched();
  const texts = Object.values(writing.value.texts).filter((text) => text.sessionId === sessionId);
  const answers = texts.filter(({ kind }) => kind === "answer");
  const looks = texts.filter(({ kind }) => kind === "looks");
  if (texts.length === 0) return waits ? html`<li class="at-work"><${Pulse} />Looking at the evidence…</li>` : null;
  return html`
    ${looks.map(({ id, text }) => {
      const goesOn = !answers.some((answer) => id === looksOf(answer.id));
      return html`<${Looks} key=${id} text=${text} goesOn=${goesOn} />`;
    })}
    ${answers.map(({ id, text }) => html`<${AnswerBeingWritten} key=${id} text=${text} />`)}
  `;
}

/** What is looked at for an answer, the last look being under way while it `goesOn`. */
function Looks({ text, goesOn }) {
  const lines = text.split("\n").filter(Boolean);
  return html`<li class="looks" aria-label="What is looked at">
    <ol>
      ${lines.map((line, at) => {
        const [tool] = line.split(" ", 1);
        const isLast = goesOn && at === lines.length - 1;
        return html`<li key=${at} class="look">
          ${isLast ? html`<${Pulse} />` : html`<${Icon} name="check" />`}
          <span class="look-tool">${plain(tool)}</span>
          <code class="mono look-asked" dir="ltr">${plain(line.slice(tool.length + 1))}</code>
        </li>`;
      })}
    </ol>
  </li>`;
}
