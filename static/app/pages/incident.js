/** One incident: what is known on the left; how it is found out, and the chat, on the right. Narrow: one at a time. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { Chat } from "../parts/chat.js";
import { Overview } from "../parts/overview.js";
import { Pulse } from "../parts/pulse.js";
import { Tabs } from "../parts/tabs.js";
import { ThoughtStream } from "../parts/thought-stream.js";
import { Watching } from "../parts/watching.js";
import { isWide } from "../parts/wide.js";
import { WatchedIncident } from "../watched-incident.js";

export function Incident({ id }) {
  const watched = useMemo(() => new WatchedIncident(id), [id]);
  useEffect(() => {
    watched.read();
    return () => watched.leave();
  }, [watched]);
  const isRead = useComputed(() => watched.incident.value !== null);
  if (isRead.value) return html`<${Watching.Provider} value=${watched}><${Columns} watched=${watched} /><//>`;
  const problem = watched.problem.value;
  if (problem) return html`<${Missing} problem=${problem} onAgain=${() => watched.read()} />`;
  return html`<div class="page"><h1 class="off-screen">Incident</h1><${Pulse} /></div>`;
}

function Columns({ watched }) {
  const { incident } = watched;
  const chosen = useSignal(isWide.peek() ? paneOf(incident.peek()) : "overview");
  const running = useComputed(() => incident.value.auroraStatus === "running");
  const thoughts = useComputed(() => incident.value.streamingThoughts.length);
  const wide = isWide.value;
  const tabs = [
    ...(wide ? [] : [{ name: "overview", title: "Overview" }]),
    { name: "thoughts", title: "Investigation", count: thoughts.value, alive: running.value },
    { name: "chat", title: "Chat" },
  ];
  if (wide && chosen.value === "overview") chosen.value = paneOf(incident.peek());
  const name = chosen.value;
  const bar = html`<${Tabs} tabs=${tabs} chosen=${chosen} label="Incident" />`;
  const overview = (wide || name === "overview") && html`<${Overview} />`;
  const pane = name === "chat" ? html`<${Chat} />` : html`<${ThoughtStream} />`;
  const panel = { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}` };
  if (!wide) {
    return html`<div class="incident incident-narrow">
      ${bar}
      <div class=${name === "overview" ? "" : "incident-pane"} ...${panel}>
        ${name !== "overview" && html`<h1 class="off-screen">${plain(incident.peek().alert.title)}</h1>`}
        ${overview || pane}
      </div>
    </div>`;
  }
  return html`<div class="incident">
    ${overview}
    <aside class="incident-pane" aria-label="Investigation and chat">
      ${bar}
      <div class="incident-panel" ...${panel}>${pane}</div>
    </aside>
  </div>`;
}

const paneOf = ({ activeTab }) => (activeTab === "chat" ? "chat" : "thoughts");

function Missing({ problem, onAgain }) {
  const isGone = problem.status === 404;
  return html`<div class="page">
    <div class="card empty">
      <h1>${isGone ? "There is no such incident" : "The incident cannot be shown"}</h1>
      <p>${isGone ? "It may belong to another organization, or the address is incomplete." : problem.message}</p>
      <p>
        ${!isGone && html`<button type="button" class="button button-main" onClick=${onAgain}>Try again</button>${" "}`}
        <a class="button" href="/">All incidents</a>
      </p>
    </div>
  </div>`;
}
