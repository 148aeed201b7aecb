/** What is said in a chat. */

import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { ClockTime } from "./age.js";
import { EndedBecause } from "./ended.js";
import { Prose } from "./prose.js";
import { Pulse } from "./pulse.js";

/** A question that the server has. */
export function Question({ message, calledOff }) {
  return html`<li class="message message-user">
    <p class="bubble" dir="auto">${plain(message.text)}</p>
    ${calledOff && message.status !== "complete" && html`<p class="message-note">Called off</p>`}
  </li>`;
}

/** A finished answer. */
export function Answer({ message }) {
  return html`<li class="message message-assistant">
    <p class="message-head"><${Pulse} still />Aurora <${ClockTime} at=${message.timestamp} /></p>
    <${Prose} text=${message.text} />
    ${message.status === "complete" && html`<${EndedBecause} ended=${message.ended} />`}
    ${message.status === "cancelled" && html`<p class="message-note">Stopped before the end</p>`}
    ${message.status === "error" && html`<p class="message-note message-bad">This answer could not be finished</p>`}
  </li>`;
}

/** An answer while it is being written. */
export function AnswerBeingWritten({ text }) {
  return html`<li class="message message-assistant" aria-busy="true">
    <p class="message-head"><${Pulse} />Aurora</p>
    <${Prose} text=${text} />
  </li>`;
}

/** A question on its way, or one that did not get through. */
export function Unsent({ unsent, onAgain }) {
  return html`<li class="message message-user">
    <p class=${`bubble ${unsent.problem ? "bubble-bad" : "bubble-sending"}`} dir="auto">${plain(unsent.text)}</p>
    ${unsent.problem &&
    html`<p class="message-note message-bad" role="alert">
      Not sent. ${unsent.problem} <button type="button" class="link" onClick=${onAgain}>Send again</button>
    </p>`}
  </li>`;
}
