/** A button that does something on the server, waits for it, and says why when it was not done. */

import { useSignal } from "@preact/signals";
import { html } from "../lib/html.js";
import { Icon } from "./icon.js";

/** `act` answers a promise; `isQuiet`: for what is seldom wanted, `isMain`: for what one came for. */
export function Act({ icon, act, isQuiet, isMain, children }) {
  const busy = useSignal(false);
  const problem = useSignal("");
  const look = isMain ? "button-main" : isQuiet ? "button-quiet" : "";
  const press = async () => {
    busy.value = true;
    problem.value = "";
    await act().catch((refused) => (problem.value = refused.message));
    busy.value = false;
  };
  return html`<span class="act">
    ${problem.value && html`<span class="problem" role="alert">${problem.value}</span>`}
    <button type="button" class=${`button ${look}`} disabled=${busy.value} onClick=${press}>
      <${Icon} name=${icon} />${children}
    </button>
  </span>`;
}
