/** A box to try what is found in documents and past incidents. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { asUser } from "../store.js";
import { Icon } from "./icon.js";
import { Prose } from "./prose.js";

const NONE = [];

export function KnowledgeSearch() {
  const found = useSignal(null);
  const problem = useSignal("");
  const busy = useSignal(false);
  const submit = async (event) => {
    event.preventDefault();
    const query = new FormData(event.currentTarget).get("query").trim();
    if (!query) return;
    busy.value = true;
    problem.value = "";
    try {
      found.value = await asUser(() => rest.searchKnowledge(query));
    } catch (refused) {
      problem.value = refused.message;
    }
    busy.value = false;
  };
  const results = found.value?.results ?? NONE;
  return html`<form class="card known-search" role="search" onSubmit=${submit}>
    <label class="labelled">
      <span class="label">What is known about …?</span>
      <span class="known-ask">
        <input class="field" name="query" maxlength="1000" placeholder="payments queue is stuck" autocomplete="off" />
        <button type="submit" class="button" disabled=${busy.value}>Search</button>
      </span>
    </label>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${found.value &&
    html`<div aria-live="polite">
      ${found.value.note && html`<p class="known-note">${plain(found.value.note)}</p>`}
      ${results.length === 0 && html`<p class="nothing">Nothing that is known here fits that.</p>`}
      <ol class="known" aria-label="What was found">
        ${results.map((one, place) => html`<${Found} key=${`${one.id}-${place}`} found=${one} />`)}
      </ol>
    </div>`}
  </form>`;
}

function Found({ found }) {
  const { kind, id, source_filename: title, heading_context: heading, content, score } = found;
  const name = html`<bdi>${plain(title)}</bdi>`;
  return html`<li class="known-one">
    <p class="known-where">
      <${Icon} name=${kind === "document" ? "file" : "again"} />
      ${kind === "incident" ? html`<a href=${`/incidents/${encodeURIComponent(id)}`}>${name}</a>` : name}
      ${heading && html`<bdi class="known-heading">${plain(heading)}</bdi>`}
      <meter class="known-score" min="0" max="1" value=${score} title=${`Score ${score.toFixed(2)}`} />
    </p>
    <details class="known-text">
      <summary>${gist(content)}</summary>
      <${Prose} text=${content} />
    </details>
  </li>`;
}

const gist = (text) => plain(text).replace(/[#*`>_-]+/g, " ").replace(/\s+/g, " ").trim().slice(0, 220);
