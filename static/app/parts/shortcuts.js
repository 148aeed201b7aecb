/** The keys that the page knows, in a dialog that `?` opens. */

import { useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { useKeys } from "../lib/keys.js";
import { go } from "../lib/route.js";

const KEYS = [
  ["j", "Next incident"],
  ["k", "Previous incident"],
  ["Enter", "Open it"],
  ["/", "Search"],
  ["i", "All incidents"],
  ["c", "New chat"],
  ["w", "Wall screen"],
  ["?", "These keys"],
];

export function Shortcuts() {
  const dialog = useRef(null);
  useKeys({
    "?": () => dialog.current.showModal(),
    i: () => go("/"),
    c: () => go("/chat"),
    w: () => go("/wall"),
  });
  const onClick = (click) => click.target === dialog.current && dialog.current.close();
  return html`<dialog class="shortcuts" ref=${dialog} aria-labelledby="shortcuts-title" onClick=${onClick}>
    <form method="dialog">
      <h2 id="shortcuts-title">Keys</h2>
      <dl>
        ${KEYS.map(([key, does]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}
      </dl>
      <button class="button" autofocus>Close</button>
    </form>
  </dialog>`;
}
