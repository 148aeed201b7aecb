/** The reader's chats, to choose from. */

import { chats, readChats, readOlderChats, trouble } from "../chats.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { Age } from "./age.js";
import { Icon } from "./icon.js";
import { Pulse } from "./pulse.js";

/** `open` is the id of the one that is shown, or null. */
export function ChatList({ open }) {
  const found = chats.value;
  return html`<nav class="chat-list" aria-label="Chats">
    <a class="button" href="/chat" aria-current=${open === null ? "page" : null}><${Icon} name="plus" />New chat</a>
    ${trouble.value &&
    html`<p class="problem" role="alert">
      ${trouble.value}${" "}<button type="button" class="link" onClick=${readChats}>Try again</button>
    </p>`}
    ${!found && !trouble.value && html`<${Pulse} />`}
    ${found?.sessions.length === 0 && html`<p class="nothing">What you ask is kept here.</p>`}
    <ul>
      ${found?.sessions.map((one) => html`<${Row} key=${one.id} chat=${one} isOpen=${one.id === open} />`)}
    </ul>
    ${found?.next && html`<button type="button" class="button button-quiet" onClick=${readOlderChats}>Older chats</button>`}
  </nav>`;
}

/** A chat about an incident is read at the incident. */
function Row({ chat, isOpen }) {
  const { id, title, updated_at: updatedAt, incident_id: incident } = chat;
  const to = incident ? `/incidents/${incident}` : `/chat/${id}`;
  return html`<li>
    <a class="chat-row" href=${to} aria-current=${isOpen ? "page" : null}>
      <bdi class="chat-row-title">${plain(title) || "Untitled chat"}</bdi>
      <span class="meta">${incident && html`<span>incident</span>`}<span><${Age} since=${updatedAt} /> ago</span></span>
    </a>
  </li>`;
}
