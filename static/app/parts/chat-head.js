/** The head of the open chat: its title, renaming and deleting it; where there is no room beside it, the way to others. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { go } from "../lib/route.js";
import { Asked } from "./asked.js";
import { ChatList } from "./chat-list.js";
import { useWatched } from "./watching.js";
import { isWide } from "./wide.js";

const LONGEST = 200;

export function ChatHead() {
  const watched = useWatched();
  const renames = useSignal(false);
  const { session } = watched;
  const title = session ? plain(session.title) || "Untitled chat" : "New chat";
  const remove = async () => {
    await watched.remove();
    go("/chat", { replace: true });
  };
  return html`<header class="chat-head">
    ${!isWide.value && html`<${OtherChats} />`}
    ${renames.value
      ? html`<${Rename} title=${session.title} onDone=${() => (renames.value = false)} />`
      : html`<h1><bdi>${title}</bdi></h1>
          ${session &&
          html`<div class="chat-acts">
            <button type="button" class="button button-quiet" onClick=${() => (renames.value = true)}>Rename</button>
            <${Asked} act=${remove} verb="Delete" question="Nobody can read it any more." yes="Delete" isQuiet isDanger />
          </div>`}`}
  </header>`;
}

function OtherChats() {
  const watched = useWatched();
  const menu = useRef(null);
  const onClick = (click) => click.target.closest("a") && menu.current.hidePopover();
  return html`<button type="button" class="button" popovertarget="chats-menu">Chats</button>
    <div class="chats-menu" id="chats-menu" popover="auto" ref=${menu} onClick=${onClick}>
      <${ChatList} open=${watched.sessionId.value} />
    </div>`;
}

function Rename({ title, onDone }) {
  const watched = useWatched();
  const problem = useSignal("");
  const field = useRef(null);
  useEffect(() => field.current.select(), []);
  const submit = async (event) => {
    event.preventDefault();
    await watched.rename(field.current.value.trim()).then(onDone, ({ message }) => (problem.value = message));
  };
  const onKeyDown = (key) => key.key === "Escape" && onDone();
  return html`<form class="chat-rename" onSubmit=${submit}>
    <h1 class="off-screen">${plain(title)}</h1>
    <input
      class="field" name="title" required maxlength=${LONGEST} aria-label="Title" defaultValue=${title} ref=${field}
      autocomplete="off" onKeyDown=${onKeyDown}
    />
    <button type="submit" class="button button-main">Save</button>
    <button type="button" class="button" onClick=${onDone}>Cancel</button>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
  </form>`;
}
