/** Merging the incident into another one: the button, and a dialog in which that is found and chosen. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { matching } from "../lib/matching.js";
import { plain } from "../lib/plain.js";
import { feed } from "../store.js";
import { Age } from "./age.js";
import { Icon } from "./icon.js";
import { Severity } from "./severity.js";
import { Status } from "./status.js";
import { useWatched } from "./watching.js";

const SHOWN = 8;

export function MergeInto() {
  const dialog = useRef(null);
  const isOpen = useSignal(false);
  const open = () => {
    isOpen.value = true;
    dialog.current.showModal();
  };
  return html`<button type="button" class="button button-quiet" onClick=${open}><${Icon} name="join" />Merge…</button>
    <dialog class="merge" ref=${dialog} aria-label="Merge into another incident" onClose=${() => (isOpen.value = false)}>
      ${isOpen.value && html`<${Choice} onDone=${() => dialog.current?.close()} />`}
    </dialog>`;
}

function Choice({ onDone }) {
  const watched = useWatched();
  const sought = useSignal("");
  const problem = useSignal("");
  const list = useRef(null);
  const search = useRef(null);
  useEffect(() => search.current.focus(), []);
  const isOver = watched.incident.value.status === "resolved";
  const fits = ({ id, status }) => id !== watched.id && status !== "merged" && (isOver || status !== "resolved");
  const found = matching((feed.value?.incidents ?? []).filter(fits), sought.value).slice(0, SHOWN);
  const choose = async (id) => {
    try {
      await watched.merge(id);
      onDone();
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  const move = (key) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key.key];
    if (!step) return;
    key.preventDefault();
    const choices = [...list.current.querySelectorAll("button")];
    const at = choices.indexOf(document.activeElement);
    choices[Math.max(0, Math.min(choices.length - 1, at + step))]?.focus();
  };
  return html`<div class="merge-choice" onKeyDown=${move}>
    <header class="merge-head">
      <h2>Merge into …</h2>
      <button type="button" class="button button-quiet button-icon" aria-label="Close" onClick=${onDone}>
        <${Icon} name="close" />
      </button>
    </header>
    <input
      class="field" type="search" aria-label="Search incidents" placeholder="Search incidents" autocomplete="off" ref=${search}
      value=${sought.value} onInput=${(input) => (sought.value = input.currentTarget.value)}
    />
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    <ul class="merge-list" ref=${list}>
      ${found.map((one) => {
        return html`<li key=${one.id}>
          <button type="button" class="merge-one" onClick=${() => choose(one.id)}>
            <${Severity} severity=${one.severity} />
            <span class="merge-text">
              <bdi class="joined-title">${plain(one.alert.title)}</bdi>
              <span class="meta">
                ${one.alert.service && html`<bdi class="service">${plain(one.alert.service)}</bdi>`}
                <span><${Age} since=${one.startedAt} /> ago</span>
                <span><${Status} ...${one} /></span>
              </span>
            </span>
          </button>
        </li>`;
      })}
    </ul>
    <p class="hint">
      ${found.length === 0 ? "No other open incident fits." : "Its alerts are shown there from then on. Unmerging undoes it."}
    </p>
  </div>`;
}
