/** Small line drawings, 16 by 16, in the colour of the text beside them. They only decorate: words say the same. */

import { html } from "../lib/html.js";

const DRAWINGS = {
  back: "M9.5 3.5 5 8l4.5 4.5",
  forward: "M6.5 3.5 11 8l-4.5 4.5",
  down: "M8 3v10M4 9l4 4 4-4",
  check: "m3.5 8.5 3 3 6-7",
  close: "m4 4 8 8m0-8-8 8",
  copy: "M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z",
  send: "M8 13V3M4 7l4-4 4 4",
  stop: "M4.5 4.5h7v7h-7z",
  again: "M13 8a5 5 0 1 1-1.6-3.7M13 2.2v2.9h-2.9",
  apart: "M8 13.5V9L3.5 4.5M8 9l4.5-4.5M3 7.5v-3.4h3.4M13 7.5v-3.4H9.6",
  join: "M8 2.5V7L3.5 11.5M8 7l4.5 4.5M5.5 5 8 2.5 10.5 5",
  plus: "M8 3v10M3 8h10",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14",
  bell: "M3 11.5h10c-1-1-1.3-2-1.3-4.3a3.7 3.7 0 0 0-7.4 0c0 2.3-.3 3.3-1.3 4.3zM6.6 13.4c.6.8 2.2.8 2.8 0",
  bell_off: "M5.6 4.4a3.7 3.7 0 0 1 6.1 2.8c0 1 .1 1.8.3 2.4M10.5 11.5H3c1-1 1.3-2 1.3-4.3M6.6 13.4c.6.8 2.2.8 2.8 0M2.5 2.5l11 11",
  mute: "M7.5 3 4.5 5.8H2v4.4h2.5L7.5 13zM10.5 6l4 4m0-4-4 4",
  wall: "M1.8 3h12.4v8.2H1.8zM5.5 13.6h5M8 11.2v2.4",
  out: "M6 3.5H3.5v9h9V10M9 3.5h3.5V7M12 4 7.5 8.5",
  alert: "M8 2.5 14 13H2zM8 6.5v3m0 1.8v.2",
  up: "M8 13V3M4 7l4-4 4 4",
  file: "M4 1.8h5l3 3v9.4H4zM9 1.8v3h3",
  good: "M5.2 7.2 7.6 2.4c1 0 1.6.7 1.6 1.6L8.8 6.2h3.6c.8 0 1.3.7 1.1 1.5l-1 4.2c-.1.7-.7 1.1-1.4 1.1H5.2zm0 0H2.6V13h2.6",
  bad: "M10.8 8.8 8.4 13.6c-1 0-1.6-.7-1.6-1.6l.4-2.2H3.6c-.8 0-1.3-.7-1.1-1.5l1-4.2C3.6 3.4 4.2 3 4.9 3h5.9zm0 0h2.6V3h-2.6",
  hypothesis: "M6.2 12h3.6M6.8 14h2.4M5.8 10c-.3-1.1-1.8-1.9-1.8-4a4 4 0 0 1 8 0c0 2.1-1.5 2.9-1.8 4z",
  observation: "M1.5 8C3 5.2 5.3 3.8 8 3.8s5 1.4 6.5 4.2c-1.5 2.8-3.8 4.2-6.5 4.2S3 10.8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
  analysis: "M8 2.5v11m-2.5 0h5M3 4.5h10M3 4.5 1.2 9h3.6zm10 0L11.2 9h3.6z",
  ruled_out: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM3.8 3.8l8.4 8.4",
  limitation: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.3 6.3C6.3 4 9.8 4.2 9.8 6.3 9.8 7.8 8 7.7 8 9.3M8 11.3v.2",
};

/** The drawing called `name`. */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${DRAWINGS[name]} /></svg>`;
}
