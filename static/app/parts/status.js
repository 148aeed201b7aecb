/** Where an incident stands, and what Aurora does about it. */

import { html } from "../lib/html.js";
import { ordinal } from "../lib/ordinal.js";
import { plain } from "../lib/plain.js";
import { places } from "../store.js";
import { Age } from "./age.js";
import { Pulse } from "./pulse.js";

const WORDS = { investigating: "Investigating", analyzed: "Analyzed", merged: "Merged", resolved: "Resolved" };

/** An incident's status and, where it says more, its investigation's. */
export function Status({ id, status, auroraStatus, flapping }) {
  const place = places.value[id];
  if (auroraStatus === "running" && place) {
    return html`<span class="status status-waiting" title="So many are looked into at once, the worst first">Waiting, ${ordinal(place)} in line</span>`;
  }
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

/** Whether somebody is on it: who, and since when, as the alert's source says; and whether it keeps coming back. */
export function Seen({ status, acknowledgedAt, acknowledgedBy, flapping, auroraStatus }) {
  if (status === "resolved" || status === "merged") return null;
  // While it is looked into, the status has no room to say so.
  const flaps = flapping && auroraStatus === "running";
  return html`${flaps && html`<span class="status-flapping">flapping</span>`}
  ${acknowledgedAt &&
  html`<span class="acknowledged">
    <span>acknowledged${acknowledgedBy && html`${" "}by <bdi>${plain(acknowledgedBy)}</bdi>`}${" "}<${Age} since=${acknowledgedAt} /> ago</span>
  </span>`}`;
}
