/** JSON that folds: the first levels are open, long lists show their beginning. */

import { useSignal } from "@preact/signals";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";

const OPEN_DEPTH = 2;
const OPEN_ENTRIES = 12;
const SHOWN = 100;
const LONGEST = 2_000;
const NAMED = 4;

/** A tree of `lib/json-tree.js`. */
export function JsonTree({ tree, label }) {
  return html`<div class="output mono json" dir="ltr" tabindex="0" role="group" aria-label=${label}>
    <${Node} node=${tree} depth=${0} isLast />
  </div>`;
}

function Node({ name = null, node, depth, isLast }) {
  const key = name !== null && html`<span class="json-key">${plain(name)}</span>: `;
  const comma = isLast ? "" : ",";
  if (!node.entries) {
    return html`<div class="json-line">${key}<${Leaf} node=${node} />${comma}</div>`;
  }
  if (node.entries.length === 0) return html`<div class="json-line">${key}${node.open}${node.close}${comma}</div>`;
  return html`<${Branch} name=${key} node=${node} depth=${depth} comma=${comma} />`;
}

/** A value; of a long text its beginning. */
function Leaf({ node }) {
  const isWhole = useSignal(node.text.length <= LONGEST);
  const shown = isWhole.value ? node.text : `${node.text.slice(0, LONGEST)}…`;
  return html`<span class=${`json-${node.type}`}>${plain(shown)}</span>${!isWhole.value &&
  html` <button type="button" class="link" onClick=${() => (isWhole.value = true)}>all ${node.text.length} characters</button>`}`;
}

function Branch({ name, node, depth, comma }) {
  const isOpen = useSignal(depth < OPEN_DEPTH && (depth === 0 || node.entries.length <= OPEN_ENTRIES));
  const shown = useSignal(SHOWN);
  const more = node.entries.length - shown.value;
  return html`<details class="json-branch" open=${isOpen.value} onToggle=${(toggle) => (isOpen.value = toggle.currentTarget.open)}>
    <summary>${name}${node.open}${!isOpen.value && html`<span class="json-count"> ${gist(node)} </span>${node.close}${comma}`}</summary>
    ${isOpen.value &&
    html`<div class="json-inner">
        ${node.entries.slice(0, shown.value).map(([key, inner], at) => html`<${Node} key=${at} name=${key} node=${inner} depth=${depth + 1} isLast=${at === node.entries.length - 1} />`)}
        ${more > 0 && html`<button type="button" class="link" onClick=${() => (shown.value += SHOWN * 5)}>${more} more</button>`}
      </div>
      <div class="json-line">${node.close}${comma}</div>`}
  </details>`;
}

/** What a folded branch holds: the names of its first fields, or how many entries. */
function gist({ open, entries }) {
  if (open === "[") return entries.length === 1 ? "1 entry" : `${entries.length} entries`;
  const names = entries.slice(0, NAMED).map(([key]) => plain(key).slice(1, -1));
  return entries.length > NAMED ? `${names.join(", ")}, …` : names.join(", ");
}
