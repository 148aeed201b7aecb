/** Tabs, by mouse and by arrow keys. */

import { html } from "../lib/html.js";

/** `tabs` are `{ name, title, count, alive }`; `chosen` is a signal of a name; `label` names the set. */
export function Tabs({ tabs, chosen, label }) {
  const onKeyDown = (key) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key.key];
    if (!step) return;
    const at = tabs.findIndex(({ name }) => name === chosen.value);
    chosen.value = tabs[(at + step + tabs.length) % tabs.length].name;
    key.currentTarget.children[tabs.findIndex(({ name }) => name === chosen.value)].focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${onKeyDown}>
    ${tabs.map(({ name, title, count, alive }) => {
      const isChosen = chosen.value === name;
      return html`<button
        type="button" role="tab" class="tab" id=${`tab-${name}`} key=${name} aria-selected=${isChosen}
        aria-controls=${`panel-${name}`} tabindex=${isChosen ? 0 : -1} onClick=${() => (chosen.value = name)}
      >
        ${title}${count ? html` <span class="count">${count}</span>` : ""}${alive && html`<span class="tab-alive" />`}
      </button>`;
    })}
  </div>`;
}
