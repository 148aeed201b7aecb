/** The page: who is there, which page they asked for, and what is shown when something fails. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { useEffect, useErrorBoundary, useRef } from "preact/hooks";
import { html } from "./lib/html.js";
import { followLinks, go, path, search } from "./lib/route.js";
import { levelOf } from "./lib/severity.js";
import { Incident } from "./pages/incident.js";
import { Incidents } from "./pages/incidents.js";
import { SignIn } from "./pages/sign-in.js";
import { fetched } from "./parts/fetched.js";
import { tell } from "./parts/notices.js";
import { Pulse } from "./parts/pulse.js";
import { Shortcuts } from "./parts/shortcuts.js";
import { TopBar } from "./parts/top-bar.js";
import { feed, start, trouble, user } from "./store.js";

const Settings = fetched("Settings", () => import("./pages/settings.js").then((page) => page.Settings));
const Chat = fetched("Chat", () => import("./pages/chat.js").then((page) => page.Chat));
const Invitation = fetched("Invitation", () => import("./pages/invitation.js").then((page) => page.Invitation));
const Wall = fetched("Wall screen", () => import("./later/wall.js").then((page) => page.Wall));
const Postmortem = fetched("Postmortem", () => import("./later/postmortem.js").then((page) => page.Postmortem));

const OPEN = ["investigating", "analyzed"];
const INCIDENT = /^\/incidents\/([0-9a-f-]{36})\/?$/i;
const POSTMORTEM = /^\/incidents\/([0-9a-f-]{36})\/postmortem\/?$/i;
const CHAT = /^\/chat(?:\/([0-9a-f-]{36}))?\/?$/i;

/** The token of the invitation that the visitor follows; null for everybody else. */
const invitation = () => (path.value === "/login" ? new URLSearchParams(search.value).get("invitation") : null);

function Page() {
  const at = path.value;
  const postmortem = POSTMORTEM.exec(at);
  if (postmortem) return html`<${Postmortem} key=${postmortem[1]} id=${postmortem[1]} />`;
  const incident = INCIDENT.exec(at);
  if (incident) return html`<${Incident} key=${incident[1]} id=${incident[1]} />`;
  if (at === "/" || at === "/incidents" || at === "/login") return html`<${Incidents} />`;
  if (at === "/wall") return html`<${Wall} />`;
  const chat = CHAT.exec(at);
  if (chat) return html`<${Chat} id=${chat[1] ?? null} />`;
  if (at.startsWith("/settings")) return html`<${Settings} />`;
  return html`<div class="page">
    <div class="card empty"><h1>There is nothing here</h1><p><a class="button" href="/">All incidents</a></p></div>
  </div>`;
}

function App() {
  const [error] = useErrorBoundary((failure) => console.error(failure));
  if (error) return html`<${Broken} />`;
  if (user.value === undefined) return html`<${Waiting} />`;
  if (invitation()) return html`<${Invitation} token=${invitation()} />`;
  if (user.value === null) return html`<${SignIn} />`;
  const isWall = path.value === "/wall";
  return html`${!isWall && html`<${TopBar} />`}<${Shortcuts} />
    ${trouble.value && html`<p class="trouble" role="alert">${trouble.value} Trying again…</p>`}
    <${Content} />`;
}

/** The reader's place follows the page, so that the keyboard and a screen reader begin at its start. */
function Content() {
  const content = useRef(null);
  const isFirst = useRef(true);
  useEffect(() => {
    const isWriting = document.activeElement?.matches("#content textarea, #content input");
    if (!isFirst.current && !isWriting) content.current.focus({ preventScroll: true });
    isFirst.current = false;
  }, [path.value]);
  return html`<div class="content" id="content" tabindex="-1" ref=${content}><${Page} /></div>`;
}

function Waiting() {
  return html`<div class="waiting">
    <${Pulse} />${trouble.value && html`<p role="alert">${trouble.value} Trying again…</p>`}
  </div>`;
}

function Broken() {
  return html`<div class="waiting">
    <h1>This page ran into a problem</h1>
    <p>Nothing is lost: the incidents are safe on the server.</p>
    <button type="button" class="button button-main" onClick=${() => location.reload()}>Load it again</button>
  </div>`;
}

/** The tab says how many critical incidents are open, in words and by a dot. */
effect(() => {
  const isUrgent = ({ status, severity }) => OPEN.includes(status) && levelOf(severity) === "critical";
  const urgent = feed.value?.incidents.filter(isUrgent).length ?? 0;
  document.title = urgent > 0 ? `(${urgent}) Aurora RT` : "Aurora RT";
  document.querySelector("link[rel=icon]").href = urgent > 0 ? "/favicon-urgent.svg" : "/favicon.svg";
});

/** The browser tells of critical incidents that arrive, each once. */
const told = new Set();
effect(() => {
  for (const incident of feed.value?.incidents ?? []) {
    const isNew = feed.value.arrived[incident.id] && !told.has(incident.id);
    if (!isNew || levelOf(incident.severity) !== "critical") continue;
    told.add(incident.id);
    tell(incident, () => go(`/incidents/${incident.id}`));
  }
});

effect(() => {
  if (user.value && path.value === "/login" && !invitation()) go("/", { replace: true });
});

followLinks();
render(html`<${App} />`, document.querySelector("main"));
start().then(() => [Settings, Chat].map((page) => page.begin()));
