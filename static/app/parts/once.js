/** A secret that is shown once, with a way to copy it. */

import { useEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { Command } from "./command.js";
import { Icon } from "./icon.js";

/** `text` is the secret, `what` names it; `children` say what to do with it. */
export function Once({ title, text, what, onDone, children }) {
  const head = useRef(null);
  useEffect(() => head.current.focus(), []);
  return html`<section class="card new-source once" aria-label=${title}>
    <h2 tabindex="-1" ref=${head}>${title}</h2>
    <p class="notice"><${Icon} name="alert" />It is shown only now. Copy it before you leave this page.</p>
    <${Command} text=${text} what=${what} />
    <p>${children}</p>
    <button type="button" class="button" onClick=${onDone}>Done</button>
  </section>`;
}
