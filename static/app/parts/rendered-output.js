/** What a tool or a source said, rendered; its beginning as plain text until the module that renders it is there. */

import { html } from "../lib/html.js";
import { Output } from "./command.js";
import { later } from "./later.js";

const FIRST = 1_000;
const Rendered = later(() => import("../later/output.js").then((module) => module.RenderedOutput));

/** `label` names it for those who do not see it. */
export function RenderedOutput({ text, label }) {
  const waiting = html`<${Output} text=${text.slice(0, FIRST)} label=${label} />`;
  return html`<${Rendered} text=${text} label=${label} waiting=${waiting} />`;
}
