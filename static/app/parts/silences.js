/** Silences and maintenance windows: what is held back now, what will be, and a form for one more. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { writtenMatchers } from "../lib/matchers.js";
import { plain } from "../lib/plain.js";
import { duration, fullTime } from "../lib/time.js";
import { asUser, user } from "../store.js";
import { Act } from "./act.js";
import { NewSilence } from "./new-silence.js";
import { Section } from "./section.js";
import { second } from "./second.js";

const LOOK_AGAIN_MS = 10_000;
const GROUPS = [
  { state: "active", title: "In force" },
  { state: "pending", title: "To come" },
  { state: "expired", title: "Over" },
];

export function Silences() {
  const found = useSignal(null);
  const problem = useSignal("");
  const look = async () => {
    try {
      found.value = await asUser(rest.silences);
      problem.value = "";
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  useEffect(() => {
    look();
    const again = setInterval(() => document.hidden || look(), LOOK_AGAIN_MS);
    return () => clearInterval(again);
  }, []);
  const mayChange = user.value?.role !== "viewer";
  return html`<div class="silences">
    <p class="lead">
      Alerts that begin while they are silenced open nothing. When the silence is over, those that still fire begin
      then. Incidents that are there already are left alone.
    </p>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${mayChange && html`<${NewSilence} made=${look} />`}
    ${found.value && found.value.length === 0 && html`<p class="nothing">Nothing is silenced.</p>`}
    ${GROUPS.map(({ state, title }) => {
      const all = found.value?.filter((one) => one.state === state) ?? [];
      if (all.length === 0) return null;
      return html`<${Section} key=${state} title=${title} count=${all.length} name=${`silences-${state}`}>
        <ul class="list">
          ${all.map((one) => html`<${Silence} key=${one.id} silence=${one} mayEnd=${mayChange} look=${look} />`)}
        </ul>
      <//>`;
    })}
  </div>`;
}

function Silence({ silence, mayEnd, look }) {
  const { id, source, state, matchers, startsAt, endsAt, comment, createdBy, held } = silence;
  const end = async () => {
    await asUser(() => rest.endSilence(id));
    await look();
  };
  return html`<li class="silence">
    <div class="silence-text">
      <code class="mono">${plain(writtenMatchers(matchers))}</code>
      ${comment && html`<p class="silence-why"><bdi>${plain(comment)}</bdi></p>`}
      <p class="meta">
        <span title=${fullTime(state === "pending" ? startsAt : endsAt)}>${when(state, startsAt, endsAt)}</span>
        ${held > 0 && html`<span class="silence-held">${held} ${held === 1 ? "alert" : "alerts"} held back</span>`}
        ${createdBy && html`<span>by <bdi>${plain(createdBy)}</bdi></span>`}
        ${source === "alertmanager" && html`<span>Alertmanager’s own</span>`}
      </p>
    </div>
    ${mayEnd && source === "aurora" && state !== "expired" && html`<${Act} icon="close" isQuiet act=${end}>${state === "pending" ? "Call off" : "End now"}<//>`}
  </li>`;
}

function when(state, startsAt, endsAt) {
  const until = (moment) => duration(Math.abs(Date.parse(moment) - second.value) / 1000);
  if (state === "pending") return `begins in ${until(startsAt)}`;
  return state === "active" ? `for another ${until(endsAt)}` : `over since ${until(endsAt)}`;
}
