/** Where an incident stands, and what Aurora does about it. */

import { html } from "../lib/html.js";
import { Pulse } from "./pulse.js";

const WORDS = { investigating: "Investigating", analyzed: "Analyzed", merged: "Merged", resolved: "Resolved" };

/** An incident's status and, where it says more, its investigation's. */
export function Status({ status, auroraStatus, flapping }) {
  if (auroraStatus === "running") return html`<span class="status status-running"><${Pulse} />Looking into it</span>`;
  if (flapping && status !== "resolved" && status !== "merged") {
    return html`<span class="status status-flapping" title="It keeps ending and beginning anew">Flapping</span>`;
  }
  if (auroraStatus === "error" && status !== "resolved") {
    return html`<span class="status status-error">Analysis failed</span>`;
  }
  const word = status === "investigating" && auroraStatus === "idle" ? "Not analyzed" : (WORDS[status] ?? status);
  return html`<span class="status status-${WORDS[status] ? status : "other"}">${word}</span>`;
}
