/** The wall screen: what is open, the most severe first, to be read from across the room. It needs nobody's hand. */

import { useEffect } from "preact/hooks";
import { gist } from "../lib/gist.js";
import { html } from "../lib/html.js";
import { useKeys } from "../lib/keys.js";
import { plain } from "../lib/plain.js";
import { go } from "../lib/route.js";
import { LEVELS, levelOf } from "../lib/severity.js";
import { clockTime } from "../lib/time.js";
import { Age } from "../parts/age.js";
import { ConnectionState } from "../parts/connection-state.js";
import { Pulse } from "../parts/pulse.js";
import { second } from "../parts/second.js";
import { Severity } from "../parts/severity.js";
import { Status } from "../parts/status.js";
import { feed } from "../store.js";

const MOST = 60;

export function Wall() {
  useKeys({ Escape: () => go("/") });
  useStayingAwake();
  const open = feed.value?.incidents.filter(({ status }) => status === "investigating" || status === "analyzed") ?? [];
  const ordered = [...open].sort((one, other) => weight(one) - weight(other));
  return html`<div class="wall">
    <header class="wall-head">
      <a class="brand" href="/" aria-label="Leave the wall screen"><${Pulse} still /></a>
      <h1>${feed.value && open.length === 0 ? "All quiet" : `${open.length} open`}</h1>
      <ul class="wall-counts" aria-label="By severity">
        ${LEVELS.map((level) => html`<${LevelCount} key=${level} level=${level} of=${open} />`)}
      </ul>
      <${ConnectionState} />
      <${Clock} />
    </header>
    <ul class="wall-list" data-many=${ordered.length > 12 ? "yes" : null}>
      ${ordered.slice(0, MOST).map((one) => html`<${Tile} key=${one.id} incident=${one} />`)}
    </ul>
    ${ordered.length > MOST && html`<p class="wall-more">and ${ordered.length - MOST} more</p>`}
  </div>`;
}

function Tile({ incident }) {
  const { id, alert, severity, environment, summary, correlatedAlertCount: joined } = incident;
  return html`<li class=${`wall-tile wall-${levelOf(severity)}`}>
    <a href=${`/incidents/${id}`}>
      <span class="wall-top"><${Severity} severity=${severity} /><${Age} since=${incident.startedAt} /></span>
      <bdi class="wall-title">${plain(alert.title)}</bdi>
      <span class="meta">
        ${alert.service && html`<bdi class="service">${plain(alert.service)}</bdi>`}
        ${environment && html`<bdi>${plain(environment)}</bdi>`}
        ${joined > 0 && html`<span>+${joined}</span>`}
        <${Status} ...${incident} />
      </span>
      ${summary && html`<bdi class="wall-gist">${plain(gist(summary))}</bdi>`}
    </a>
  </li>`;
}

function LevelCount({ level, of }) {
  const count = of.filter(({ severity }) => levelOf(severity) === level).length;
  if (count === 0) return null;
  return html`<li><${Severity} severity=${level} /> ${count}</li>`;
}

function Clock() {
  return html`<time class="wall-clock clock">${clockTime(second.value)}</time>`;
}

const weight = ({ severity, startedAt }) => LEVELS.indexOf(levelOf(severity)) * 1e14 - Date.parse(startedAt);

/** A screen on the wall does not go dark; where the browser cannot promise that, nothing is lost. */
function useStayingAwake() {
  useEffect(() => {
    let lock = null;
    const ask = () => document.hidden || navigator.wakeLock?.request("screen").then((given) => (lock = given), () => {});
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      document.removeEventListener("visibilitychange", ask);
      lock?.release();
    };
  }, []);
}
