/** The sign of life: three curtains of light that breathe while Aurora works. */

import { html } from "../lib/html.js";

/** The mark; `still` for the logo at rest. */
export function Pulse({ still = false }) {
  return html`<span class=${still ? "pulse" : "pulse pulse-alive"} aria-hidden="true"><i /><i /><i /></span>`;
}
