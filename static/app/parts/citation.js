/** One look: which tool, what it was asked, what it answered, when. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { ClockTime } from "./age.js";
import { Command } from "./command.js";
import { CopyButton } from "./copy-button.js";
import { Icon } from "./icon.js";
import { later } from "./later.js";
import { RenderedOutput } from "./rendered-output.js";
import { useWatched } from "./watching.js";

const Plot = later(() => import("../later/plot.js").then((module) => module.Plot));
const DRAWN = ["series", "telemetry"];
const CUT = "… cut here; the incident's page has the whole output";

/** A citation opened beside its claim. The reader's place goes there, and back when it is closed. */
export function Citation({ citation, onClose }) {
  const place = useRef(null);
  useEffect(() => place.current.focus({ preventScroll: false }), []);
  const onKeyDown = (key) => {
    if (key.key !== "Escape") return;
    key.stopPropagation();
    onClose();
  };
  return html`<section
    class="citation" aria-label=${`Citation ${citation.key}`} tabindex="-1" ref=${place} onKeyDown=${onKeyDown}
  >
    <header class="citation-head">
      <span class="cite cite-still">${citation.key}</span>
      <span class="citation-tool">${plain(citation.toolName)}</span>
      <${ClockTime} at=${citation.executedAt} />
      <button type="button" class="button button-quiet button-icon" aria-label="Close the citation" onClick=${onClose}>
        <${Icon} name="close" />
      </button>
    </header>
    <${CitationBody} citation=${citation} />
  </section>`;
}

/** A citation as a line of the list of evidence; it unfolds. */
export function CitationRow({ citation }) {
  const isOpen = useSignal(false);
  return html`<li class="evidence">
    <details open=${isOpen.value} onToggle=${(toggle) => (isOpen.value = toggle.currentTarget.open)}>
      <summary>
        <span class="cite cite-still">${citation.key}</span>
        <span class="evidence-command mono">${plain(citation.command)}</span>
        <span class="citation-tool">${plain(citation.toolName)}</span>
        <${ClockTime} at=${citation.executedAt} />
        <${Icon} name="forward" />
      </summary>
      ${isOpen.value && html`<${CitationBody} citation=${citation} />`}
    </details>
  </li>`;
}

function CitationBody({ citation }) {
  const watched = useWatched();
  const { command, output, key, kind } = citation;
  const label = `Output of citation ${key}`;
  return html`<div class="citation-body">
    <${Command} text=${command} what=${`what citation ${key} ran`} />
    ${DRAWN.includes(kind) && html`<${Plot} citation=${citation} waiting=${html`<div class="plot plot-room" />`} />`}
    <${RenderedOutput} text=${output} label=${label} />
    <footer class="citation-foot">
      ${output.endsWith(CUT) &&
      html`<button type="button" class="button button-quiet" onClick=${() => watched.read()}>
        Show the whole output
      </button>`}
      <${CopyButton} text=${plain(output)} what=${`the output of citation ${key}`} />
    </footer>
  </div>`;
}
