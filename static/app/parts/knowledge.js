/** What the organization knows: its documents, a box to try what is found in them, and its notes. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser, user } from "../store.js";
import { DocumentRow } from "./document-row.js";
import { KnowledgeSearch } from "./knowledge-search.js";
import { Notes } from "./notes.js";
import { Upload } from "./upload.js";

const LOOK_AGAIN_MS = 1_000;
const NONE = [];

export function Knowledge() {
  const found = useSignal(null);
  const problem = useSignal("");
  const read = async () => {
    try {
      found.value = await asUser(rest.documents);
      problem.value = "";
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  useEffect(() => void read(), []);
  const documents = found.value?.documents ?? NONE;
  const isMoving = documents.some(({ status }) => status === "uploading" || status === "processing");
  useEffect(() => {
    if (!isMoving) return;
    const again = setInterval(read, LOOK_AGAIN_MS);
    return () => clearInterval(again);
  }, [isMoving]);
  const mayWrite = user.value !== null && user.value?.role !== "viewer";
  return html`<div class="knowledge">
    <p class="lead">
      Runbooks and other documents are searched during each investigation, beside what was learnt of past incidents.
    </p>
    ${mayWrite && html`<${Upload} onDone=${read} />`}
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${documents.length > 0 &&
    html`<ul class="list" aria-label="Documents">
      ${documents.map((one) => {
        return html`<${DocumentRow} key=${one.id} document=${one} mayWrite=${mayWrite} onChanged=${read} />`;
      })}
    </ul>`}
    ${documents.length > 0 && html`<${Usage} usage=${found.value.usage} />`}
    <${KnowledgeSearch} />
    ${found.value && html`<${Notes} mayWrite=${mayWrite} />`}
  </div>`;
}

function Usage({ usage }) {
  const { document_count: count, document_limit: most, storage_used_mb: used, storage_limit_mb: room } = usage;
  return html`<p class="meta usage">
    <span>${count} of ${most} documents</span>
    <span>${used < 10 ? used.toFixed(1) : Math.round(used)} of ${room} MB</span>
  </p>`;
}
