/** How severe: each level has a shape of its own, so that colour is never the only sign. */

import { html } from "../lib/html.js";
import { levelOf } from "../lib/severity.js";

const SHAPES = {
  critical: html`<path d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z" /><path class="cut" d="M8 4.3v4.6m0 2.2v.2" />`,
  high: html`<path d="M8 1.5 15.2 14H.8z" /><path class="cut" d="M8 6v3.6m0 1.9v.2" />`,
  medium: html`<path d="M8 .8 15.2 8 8 15.2.8 8z" /><path class="cut" d="M5 8h6" />`,
  low: html`<circle cx="8" cy="8" r="6" />`,
  unknown: html`<circle class="ring" cx="8" cy="8" r="5.5" />`,
};

/** The shape of a severity; with `named` its word too, as its source writes it. */
export function Severity({ severity, named = false }) {
  const level = levelOf(severity);
  const word = String(severity || "unknown");
  return html`<span class="severity severity-${level}" title=${named ? null : `${word} severity`}>
    <svg viewBox="0 0 16 16" aria-hidden="true">${SHAPES[level]}</svg>
    <span class=${named ? "severity-word" : "off-screen"}>${named ? word : `${word} severity`}</span>
  </span>`;
}
