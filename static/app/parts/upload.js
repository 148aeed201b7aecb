/** Taking documents in: dropped here, or chosen. Each shows how far it is, and why it was not taken. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { asUser } from "../store.js";
import { Icon } from "./icon.js";

const TYPES = ".md,.markdown,.txt,.text,.log,.pdf";

/** `onDone` is called each time a document has arrived. */
export function Upload({ onDone }) {
  const sending = useSignal([]);
  const isOver = useSignal(false);
  const input = useRef(null);
  const change = (id, fields) => {
    sending.value = sending.value.map((one) => (one.id === id ? { ...one, ...fields } : one));
  };
  const drop = (id) => (sending.value = sending.value.filter((one) => one.id !== id));
  const take = async (files) => {
    const begun = [...files].map((file) => ({ id: `${Date.now()}-${Math.random()}`, file, share: 0, problem: "" }));
    sending.value = [...sending.value.filter(({ problem }) => !problem), ...begun];
    // One after the other: the first is read while the second is on its way.
    for (const { id, file } of begun) {
      try {
        await asUser(() => rest.uploadDocument(file, (share) => change(id, { share })));
        drop(id);
        await onDone();
      } catch (refused) {
        change(id, { problem: refused.message });
      }
    }
  };
  const over = (event, value) => {
    event.preventDefault();
    isOver.value = value;
  };
  const dropped = (event) => {
    over(event, false);
    take(event.dataTransfer.files);
  };
  const chosen = (event) => {
    take([...event.currentTarget.files]);
    event.currentTarget.value = "";
  };
  return html`<div
      class=${`drop ${isOver.value ? "drop-over" : ""}`}
      onDragOver=${(event) => over(event, true)} onDragLeave=${(event) => over(event, false)} onDrop=${dropped}
    >
      <${Icon} name="up" />
      <p>
        Drop documents here, or${" "}
        <button type="button" class="link" onClick=${() => input.current.click()}>choose files</button>
      </p>
      <p class="hint">Markdown, plain text or PDF. What looks like a password or key is left out.</p>
      <input
        ref=${input} class="off-screen" type="file" multiple accept=${TYPES} tabindex="-1" aria-label="Documents to upload"
        onChange=${chosen}
      />
    </div>
    ${sending.value.length > 0 &&
    html`<ul class="list" aria-label="Uploads">
      ${sending.value.map((one) => html`<${Sending} key=${one.id} ...${one} onClose=${() => drop(one.id)} />`)}
    </ul>`}`;
}

function Sending({ file, share, problem, onClose }) {
  return html`<li class="token">
    <div class="token-text">
      <bdi class="token-name">${plain(file.name)}</bdi>
      ${problem
        ? html`<p class="problem" role="alert">${problem}</p>`
        : html`<progress class="sent" max="1" value=${share} aria-label=${`Sending ${plain(file.name)}`} />`}
    </div>
    ${problem && html`<button type="button" class="button" onClick=${onClose}>Dismiss</button>`}
  </li>`;
}
