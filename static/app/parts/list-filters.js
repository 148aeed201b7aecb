/** What is looked for in the list: words, severities, a service, a source. All of it stands in the address. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { go, path } from "../lib/route.js";
import { LEVELS } from "../lib/severity.js";
import { NO_FILTERS, choices, isFiltered, toAddress } from "../reduce/filters.js";
import { feed, filters } from "../store.js";
import { Icon } from "./icon.js";
import { Severity } from "./severity.js";

const MOST_CHOICES = 100;

export function ListFilters() {
  const change = (part) => go(path.value + toAddress({ ...filters.value, ...part }), { replace: true });
  const { levels, service, source } = filters.value;
  const toggle = (level) =>
    change({ levels: levels.includes(level) ? levels.filter((one) => one !== level) : [...levels, level] });
  return html`<search class="filters" aria-label="Incidents">
    <${Words} change=${change} />
    <div class="filter-levels" role="group" aria-label="Severity">
      ${LEVELS.slice(0, -1).map(
        (level) => html`<button type="button" class="filter-level" key=${level} title=${`Only ${level}`}
          aria-pressed=${levels.includes(level)} onClick=${() => toggle(level)}>
          <${Severity} severity=${level} />
        </button>`,
      )}
    </div>
    <${Choice} label="Service" every="All services" value=${service} of=${({ alert }) => alert.service}
      choose=${(value) => change({ service: value })} />
    <${Choice} label="Source" every="All sources" value=${source} of=${({ alert }) => alert.source}
      choose=${(value) => change({ source: value })} />
    ${isFiltered(filters.value) &&
    html`<button type="button" class="button button-quiet" onClick=${() => change(NO_FILTERS)}>Clear</button>`}
  </search>`;
}

/** Written words are kept here until the address has them, so that no key is lost while somebody writes fast. */
function Words({ change }) {
  const field = useRef(null);
  const told = filters.value.words;
  const written = useSignal(told);
  useEffect(() => {
    const now = filters.value.words; // more may have been written since this was drawn
    if (written.value.trim() !== now) written.value = now;
  }, [told]);
  const onInput = ({ currentTarget }) => {
    written.value = currentTarget.value;
    change({ words: currentTarget.value });
  };
  const onKeyDown = (key) => {
    if (key.key !== "Escape") return;
    written.value = "";
    change({ words: "" });
    field.current.blur();
  };
  return html`<label class="filter-words">
    <${Icon} name="search" /><span class="off-screen">Search incidents</span>
    <input type="search" id="search" ref=${field} value=${written} placeholder="Search" autocomplete="off" spellcheck="false"
      maxlength="200" aria-keyshortcuts="/" onInput=${onInput} onKeyDown=${onKeyDown} />
    <kbd aria-hidden="true">/</kbd>
  </label>`;
}

function Choice({ label, every, value, of, choose }) {
  const all = useComputed(() => choices(feed.value?.incidents ?? [], of).slice(0, MOST_CHOICES)).value;
  if (all.length < 2 && !value) return null;
  const there = all.includes(value) || !value ? all : [value, ...all];
  return html`<select class="filter-choice" aria-label=${label} value=${value} onChange=${({ currentTarget }) => choose(currentTarget.value)}>
    <option value="">${every}</option>
    ${there.map((one) => html`<option key=${one} value=${one}>${plain(one)}</option>`)}
  </select>`;
}
