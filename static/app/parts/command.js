/** Commands and outputs: fixed width, exactly what is there, and copied as shown. */

import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { CopyButton } from "./copy-button.js";

/** A command that somebody may run. */
export function Command({ text, what = "the command" }) {
  const shown = plain(text);
  return html`<div class="command">
    <pre class="mono" dir="ltr" tabindex="0" role="group" aria-label=${`Text: ${what}`}><code>${shown}</code></pre>
    <${CopyButton} text=${shown} what=${what} />
  </div>`;
}

/** What a tool answered. */
export function Output({ text, label }) {
  const shown = plain(text) || "(no output)";
  return html`<pre class="output mono" dir="ltr" tabindex="0" role="group" aria-label=${label}>${shown}</pre>`;
}
