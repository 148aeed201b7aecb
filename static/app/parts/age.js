/** Time on the page: an age that ticks, and a time of day. */

import { html } from "../lib/html.js";
import { age, clockTime, fullTime } from "../lib/time.js";
import { second } from "./second.js";

/** How long ago something was, ticking; when it has an end, how long it took. */
export function Age({ since, until = null }) {
  // Not computed once and kept: what had an end may go on, and then has to tick again.
  const shown = age(since, until ? Date.parse(until) : second.value);
  return html`<time class="age" datetime=${since} title=${fullTime(since)}>${shown}</time>`;
}

/** When something was, as a time of day. */
export function ClockTime({ at }) {
  return html`<time class="clock" datetime=${at} title=${fullTime(at)}>${clockTime(at)}</time>`;
}
