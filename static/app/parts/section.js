/** A titled part of a page. */

import { useId } from "preact/hooks";
import { html } from "../lib/html.js";

/** `count` stands beside the title when it is given. */
export function Section({ title, count = null, name, children }) {
  const id = useId();
  return html`<section class="section section-${name}" aria-labelledby=${id}>
    <h2 class="section-title" id=${id}>${title}${count !== null && html` <span class="count">${count}</span>`}</h2>
    ${children}
  </section>`;
}
