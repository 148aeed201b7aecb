/** Chat about nothing in particular: the reader's chats beside the open one. */

import { useEffect, useMemo } from "preact/hooks";
import { readChats } from "../chats.js";
import { html } from "../lib/html.js";
import { go } from "../lib/route.js";
import { ChatHead } from "../parts/chat-head.js";
import { ChatList } from "../parts/chat-list.js";
import { Composer } from "../parts/composer.js";
import { Follow } from "../parts/follow.js";
import { Messages } from "../parts/messages.js";
import { Pulse } from "../parts/pulse.js";
import { useWatched, Watching } from "../parts/watching.js";
import { isWide } from "../parts/wide.js";
import { waitingQuestion } from "../reduce/chat.js";
import { user } from "../store.js";
import { WatchedChat } from "../watched-chat.js";

const STARTERS = ["What is wrong on this host right now?", "Which process uses the most memory?", "Is any disk about to fill?"];

/** Be ready for the next question; not where that would bring up a keyboard over half the screen. */
function writeOn() {
  if (matchMedia("(pointer: fine)").matches) document.querySelector(".composer textarea")?.focus();
}

/** `id` is the open chat; null for a new one. */
export function Chat({ id }) {
  const watched = useMemo(() => new WatchedChat((begun) => go(`/chat/${begun}`, { replace: true })), []);
  useEffect(() => watched.open(id), [id]);
  useEffect(() => void readChats(), []);
  useEffect(() => () => watched.leave(), []);
  useEffect(() => {
    if (id === null) writeOn();
  }, [id]);
  return html`<${Watching.Provider} value=${watched}>
    <div class="chat-page">
      ${isWide.value && html`<aside class="chat-aside"><${ChatList} open=${id} /></aside>`}
      <div class="chat chat-open">
        <${ChatHead} key=${watched.opened.value} />
        <${Open} />
      </div>
    </div>
  <//>`;
}

function Open() {
  const watched = useWatched();
  const { session } = watched;
  const sessionId = watched.sessionId.value;
  if (watched.problem.value) return html`<${Missing} problem=${watched.problem.value} />`;
  const unsent = watched.outbox.value;
  if (sessionId && !session && unsent.length === 0) return html`<div class="chat-reading"><${Pulse} /></div>`;
  const question = waitingQuestion(session);
  const waits = question && !watched.calledOff.value[question.id] ? question : null;
  const mayAsk = user.value?.role !== "viewer";
  return html`
    <${Follow} key=${watched.opened.value} label="Chat" fromEnd>
      ${!sessionId && unsent.length === 0 && html`<${Start} mayAsk=${mayAsk} />`}
      <${Messages} session=${session} unsent=${unsent} waits=${waits} />
    <//>
    ${mayAsk && html`<${Composer} waits=${waits} about="Ask about anything that runs here" />`}
  `;
}

function Start({ mayAsk }) {
  const watched = useWatched();
  return html`<div class="chat-start">
    <h2>Ask about anything that runs here</h2>
    ${mayAsk
      ? html`<p>Answers come from a fresh look at what this server can see. Only you can read this chat.</p>
          ${STARTERS.map((text) => {
            const ask = () => (writeOn(), watched.ask(text));
            return html`<button type="button" class="button starter" key=${text} onClick=${ask}>${text}</button>`;
          })}`
      : html`<p>Your role is viewer, which reads and asks nothing. An admin can make you an editor.</p>`}
  </div>`;
}

function Missing({ problem }) {
  const isGone = problem.status === 404;
  return html`<div class="card empty chat-missing">
    <h2>${isGone ? "There is no such chat" : "This chat cannot be shown"}</h2>
    <p>${isGone ? "It may have been deleted, or belong to somebody else." : problem.message}</p>
    <p><a class="button" href="/chat">New chat</a></p>
  </div>`;
}
