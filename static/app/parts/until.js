/** How long something still lasts, ticking. */

import { useComputed } from "@preact/signals";
import { html } from "../lib/html.js";
import { duration, fullTime } from "../lib/time.js";
import { second } from "./second.js";

/** `end` is a moment; `over` is what is said after it. */
export function Until({ end, over }) {
  const at = Date.parse(end);
  const shown = useComputed(() => (at > second.value ? `in ${duration((at - second.value) / 1000)}` : over));
  return html`<time class="age" datetime=${end} title=${fullTime(end)}>${shown}</time>`;
}
