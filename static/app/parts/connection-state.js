/** How the connection stands, always in sight. */

import { html } from "../lib/html.js";
import { connection } from "../store.js";

const WORDS = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting" };

export function ConnectionState() {
  const { name, missed } = connection.value;
  const caughtUp = missed === 0 ? "Caught up" : `Caught up · ${missed} ${missed === 1 ? "event" : "events"}`;
  return html`<span class="connection connection-${name}" role="status">
    <span class="connection-dot" aria-hidden="true" />${WORDS[name] ?? caughtUp}
  </span>`;
}
