/**
 * Parts that the first view does without: their modules are in `app/later/`, and are fetched when one is first shown.
 *
 * `later(load)` is a component that stands for the one that `load` promises; meanwhile it shows its `waiting`.
 */

import { signal } from "@preact/signals";
import { html } from "../lib/html.js";

export function later(load) {
  const part = signal(null);
  const failed = signal(false);
  let asked = false;
  const ask = () => {
    asked = true;
    failed.value = false;
    load().then(
      (loaded) => (part.value = loaded),
      () => ((asked = false), (failed.value = true)),
    );
  };
  return function Later({ waiting = null, ...props }) {
    const Part = part.value;
    if (Part) return html`<${Part} ...${props} />`;
    if (failed.value) {
      return html`<p class="problem">
        This part could not be fetched. <button type="button" class="link" onClick=${ask}>Try again</button>
      </p>`;
    }
    if (!asked) ask();
    return waiting;
  };
}
