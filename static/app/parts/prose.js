/** Markdown on the page. A `[n]` opens its citation under the block that makes the claim. */

import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { markdown } from "../lib/markdown.js";
import { plain } from "../lib/plain.js";
import { Citation } from "./citation.js";
import { CopyButton } from "./copy-button.js";
import { useCitations } from "./watching.js";

/** A Markdown text; its headings stand `top` levels below those of the page. */
export function Prose({ text, top = 2 }) {
  const citations = useCitations();
  return useMemo(() => {
    return html`<div class="prose" dir="auto">${blocks(markdown(text), citations, top)}</div>`;
  }, [text, citations, top]);
}

function blocks(list, citations, top = 2) {
  return list.map((block, at) => html`<${Block} key=${at} block=${block} citations=${citations} top=${top} />`);
}

function Block({ block, citations, top }) {
  switch (block.type) {
    case "code":
      return html`<${Code} text=${block.text} />`;
    case "list":
      return html`<${List} list=${block} citations=${citations} />`;
    case "quote":
      return html`<blockquote>${blocks(block.blocks, citations)}</blockquote>`;
    case "rule":
      return html`<hr />`;
    default:
      return html`<${Claim} block=${block} citations=${citations} top=${top} />`;
  }
}

function Code({ text }) {
  const shown = plain(text);
  return html`<div class="command">
    <pre class="mono" dir="ltr" tabindex="0" role="group" aria-label="Code"><code>${shown}</code></pre>
    <${CopyButton} text=${shown} what="the code" />
  </div>`;
}

function List({ list, citations }) {
  const items = list.items.map((item, at) => {
    const task = taskOf(item);
    if (!task) return html`<li key=${at}>${blocks(item, citations)}</li>`;
    return html`<li key=${at} class=${task.isDone ? "task task-done" : "task"}>${blocks(task.blocks, citations)}</li>`;
  });
  return list.ordered ? html`<ol start=${list.start}>${items}</ol>` : html`<ul>${items}</ul>`;
}

/** An item that begins with `[ ]` or `[x]`, without that; null for any other. */
function taskOf([first, ...rest]) {
  const [start, ...more] = first?.inlines ?? [];
  const mark = start?.type === "text" && /^\[([ xX])\] /.exec(start.text);
  if (!mark) return null;
  const inlines = [{ type: "text", text: start.text.slice(mark[0].length) }, ...more];
  return { isDone: mark[1] !== " ", blocks: [{ ...first, inlines }, ...rest] };
}

/** A paragraph or heading, and the citation of it that the reader opened. */
function Claim({ block, citations, top }) {
  const opened = useSignal(null);
  const claim = useRef(null);
  const shown = opened.value !== null && citations(opened.value).value;
  const cite = (key) => citeButton(key, citations, opened);
  const close = () => {
    claim.current.querySelector("[aria-expanded='true']")?.focus();
    opened.value = null;
  };
  const content = block.inlines.map((node) => inline(node, cite));
  const tag = block.type === "heading" ? `h${Math.min(6, block.level + top)}` : "p";
  return html`<${tag} ref=${claim}>${content}<//>
    ${shown && html`<${Citation} key=${shown.id} citation=${shown} onClose=${close} />`}`;
}

function inline(node, cite) {
  switch (node.type) {
    case "bold":
      return html`<strong>${node.inlines.map((inner) => inline(inner, cite))}</strong>`;
    case "italic":
      return html`<em>${node.inlines.map((inner) => inline(inner, cite))}</em>`;
    case "code":
      return html`<code dir="ltr">${plain(node.text)}</code>`;
    case "link":
      return html`<a href=${node.href} target="_blank" rel="noopener noreferrer" title=${node.href}>${plain(node.text)}</a>`;
    case "citation":
      return cite(node.key);
    default:
      return plain(node.text);
  }
}

function citeButton(key, citations, opened) {
  const citation = citations(key).value;
  if (!citation) return `[${key}]`;
  const isOpen = opened.value === key;
  const toggle = () => (opened.value = isOpen ? null : key);
  const command = plain(citation.command);
  return html`<button type="button" class="cite" aria-expanded=${isOpen} onClick=${toggle} title=${command}>
    <span class="off-screen">Citation </span>${key}
  </button>`;
}
