/** One document: how it stands, how large it is, and removing it. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { size } from "../lib/size.js";
import { asUser } from "../store.js";
import { Age } from "./age.js";
import { Icon } from "./icon.js";
import { Pulse } from "./pulse.js";

const WORDS = { uploading: "uploading", processing: "being read", ready: "ready", failed: "not read" };

export function DocumentRow({ document, mayWrite, onChanged }) {
  const { id, filename, file_type: type, file_size_bytes: bytes, status, chunk_count: passages } = document;
  const asks = useSignal(false);
  const problem = useSignal("");
  const attempt = async (work) => {
    try {
      await asUser(work);
      await onChanged();
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  const name = plain(filename);
  const isMoving = status === "uploading" || status === "processing";
  return html`<li class="token document document-${status}">
    <span class="document-icon"><${Icon} name="file" /></span>
    <div class="token-text">
      <bdi class="token-name">${name}</bdi>
      <p class="meta">
        <span>${type}</span>
        <span>${size(bytes)}</span>
        ${status === "ready" && html`<span>${passages} ${passages === 1 ? "passage" : "passages"}</span>`}
        <span>added <${Age} since=${document.created_at} /> ago</span>
      </p>
      ${document.error_message && html`<p class="document-why">${plain(document.error_message)}</p>`}
      ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    </div>
    ${asks.value
      ? html`<div class="token-ask" role="group" aria-label=${`Delete ${name}?`}>
          <span>It is found no more.</span>
          <button type="button" class="button button-danger" onClick=${() => attempt(() => rest.removeDocument(id))}>
            Delete
          </button>
          <button type="button" class="button" onClick=${() => (asks.value = false)}>Keep</button>
        </div>`
      : html`<span class="document-status">${isMoving && html`<${Pulse} />`}${WORDS[status] ?? status}</span>
          ${mayWrite &&
          html`<div class="rule-acts">
            ${status === "failed" &&
            html`<button type="button" class="button" onClick=${() => attempt(() => rest.readDocumentAgain(id))}>
              Try again<span class="off-screen"> ${name}</span>
            </button>`}
            <button type="button" class="button" onClick=${() => (asks.value = true)}>
              Delete<span class="off-screen"> ${name}</span>
            </button>
          </div>`}`}
  </li>`;
}
