/**
 * What a tool answered, rendered: colours of the terminal, JSON that folds, lines with numbers, and words found in it.
 * What is copied is what is there.
 */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { indented } from "../lib/json-text.js";
import { plain } from "../lib/plain.js";
import { Icon } from "../parts/icon.js";
import { ansiLines } from "./lib/ansi.js";
import { linesWith, marked } from "./lib/finding.js";
import { jsonTree } from "./lib/json-tree.js";
import { JsonTree } from "./json-tree.js";

const FOLDED_LINES = 16;
const WORTH_FOLDING = 24;
const CHUNK = 100;
const PASSED_OVER = 400;

/** An output; `label` names it for those who do not see it. */
export function RenderedOutput({ text, label }) {
  const tree = useMemo(() => jsonTree(text), [text]);
  const asTree = useSignal(true);
  if (!tree) return html`<${Lines} text=${text} label=${label} />`;
  const toggle = () => (asTree.value = !asTree.value);
  return html`<div class="rendered">
    <div class="rendered-bar">
      <button type="button" class="button button-quiet" onClick=${toggle}>${asTree.value ? "As text" : "As a tree"}</button>
    </div>
    ${asTree.value
      ? html`<${JsonTree} tree=${tree} label=${label} />`
      : html`<${Lines} text=${indented(text)} label=${label} />`}
  </div>`;
}

function Lines({ text, label }) {
  const lines = useMemo(() => ansiLines(text), [text]);
  const isLong = lines.length > WORTH_FOLDING;
  const isWhole = useSignal(!isLong);
  const words = useSignal("");
  const at = useSignal(0);
  const found = useComputed(() => linesWith(lines, words.value));
  const box = useRef(null);
  const here = found.value[at.value];
  useEffect(() => {
    if (here === undefined) return;
    const line = box.current.querySelector(`[data-n="${here + 1}"]`);
    box.current.scrollTop += line.getBoundingClientRect().top - box.current.getBoundingClientRect().top - box.current.clientHeight / 2;
  }, [here, words.value]);
  if (lines.length === 1 && lines[0].length === 0) return html`<p class="nothing output-none">(no output)</p>`;
  const shown = isWhole.value || words.value ? lines : lines.slice(0, FOLDED_LINES);
  const hidden = lines.length - shown.length;
  return html`<div class="rendered">
    ${isLong && html`<${Finder} words=${words} at=${at} found=${found.value} label=${label} />`}
    <div class=${`output mono lines${hidden ? " lines-folded" : ""}`} ref=${box} dir="ltr" tabindex="0" role="group" aria-label=${label}>
      <div class=${`lines-sheet digits-${String(lines.length).length}${lines.length > PASSED_OVER ? " lines-many" : ""}`}>
        ${chunks(shown).map((chunk, index) => html`<${Chunk} key=${index} lines=${chunk} from=${index * CHUNK} words=${words.value} here=${here} />`)}
      </div>
    </div>
    ${isLong &&
    !words.value &&
    html`<button type="button" class="button button-quiet lines-more" aria-expanded=${isWhole.value} onClick=${() => (isWhole.value = !isWhole.value)}>
      ${isWhole.value ? "Fold" : `Show all ${lines.length} lines`}
    </button>`}
  </div>`;
}

function chunks(lines) {
  return Array.from({ length: Math.ceil(lines.length / CHUNK) }, (_, at) => lines.slice(at * CHUNK, (at + 1) * CHUNK));
}

/** A hundred lines; where there are many, the browser passes over those that are out of sight. */
function Chunk({ lines, from, words, here }) {
  return html`<div class="lines-chunk">
    ${lines.map((line, index) => {
      const number = from + index + 1;
      const isHere = here === number - 1;
      return html`<div class=${isHere ? "line line-here" : "line"} key=${number} data-n=${number}>${marked(line, words).map(piece)}${"\n"}</div>`;
    })}
  </div>`;
}

function piece({ text, look, isFound }, key) {
  if (isFound) return html`<mark key=${key} class=${look || null}>${text}</mark>`;
  return look ? html`<span key=${key} class=${look}>${text}</span>` : text;
}

function Finder({ words, at, found, label }) {
  const step = (by) => (at.value = found.length ? (at.value + by + found.length) % found.length : 0);
  const onInput = (input) => ((words.value = plain(input.currentTarget.value)), (at.value = 0));
  const onKeyDown = (key) => {
    if (key.key === "Enter") step(key.shiftKey ? -1 : 1);
    else if (key.key === "Escape" && words.value) words.value = "";
    else return;
    key.preventDefault();
    key.stopPropagation();
  };
  const told = words.value ? (found.length ? `${at.value + 1} of ${found.length} lines` : "nothing found") : "";
  return html`<div class="finder" role="search" aria-label=${`Find in: ${label}`}>
    <input
      type="search" class="field" placeholder="Find in this output" aria-label="Find in this output" autocomplete="off"
      spellcheck="false" value=${words.value} onInput=${onInput} onKeyDown=${onKeyDown}
    />
    <span class="finder-told" role="status">${told}</span>
    ${found.length > 1 &&
    html`<button type="button" class="button button-quiet button-icon" aria-label="The one before" onClick=${() => step(-1)}><${Icon} name="up" /></button>
      <button type="button" class="button button-quiet button-icon" aria-label="The next one" onClick=${() => step(1)}><${Icon} name="down" /></button>`}
  </div>`;
}
