/**
 * The postmortem of an incident: drafted from its record, read, changed, downloaded, printed.
 *
 * What somebody types is kept while they go elsewhere, and is never written over what somebody else wrote meanwhile
 * unless they say so.
 */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Refused, rest } from "../client.js";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { Act } from "../parts/act.js";
import { Age } from "../parts/age.js";
import { Icon } from "../parts/icon.js";
import { Prose } from "../parts/prose.js";
import { Pulse } from "../parts/pulse.js";
import { Watching } from "../parts/watching.js";
import { asUser } from "../store.js";
import { WatchedIncident } from "../watched-incident.js";

/** Incident → `{ text, version }` that was typed and not saved yet. */
const unsaved = new Map();

export function Postmortem({ id }) {
  const watched = useMemo(() => new WatchedIncident(id), [id]);
  const written = useSignal(undefined);
  const problem = useSignal("");
  const read = () => {
    problem.value = "";
    return asUser(() => rest.postmortem(id)).then(
      (found) => (written.value = found),
      (refused) => (refused.code === "postmortem_not_found" ? (written.value = null) : (problem.value = refused.message)),
    );
  };
  useEffect(() => {
    watched.read();
    read();
    return () => watched.leave();
  }, [watched]);
  const told = useComputed(() => watched.incident.value?.postmortem?.version ?? 0).value;
  const isBehind = written.value !== undefined && told > (written.value?.version ?? 0);
  useEffect(() => void (isBehind && !unsaved.has(id) && read()), [isBehind]);
  return html`<${Watching.Provider} value=${watched}>
    <div class="page postmortem">
      <a class="back" href=${`/incidents/${id}`}><${Icon} name="back" />The incident</a>
      ${problem.value && html`<p class="problem" role="alert">${problem.value} <button type="button" class="link" onClick=${read}>Try again</button></p>`}
      ${written.value === undefined && !problem.value && html`<${Pulse} />`}
      ${written.value === null && html`<${None} id=${id} written=${written} />`}
      ${written.value && html`<${Written} key=${id} id=${id} written=${written} isBehind=${isBehind} onRead=${read} />`}
    </div>
  <//>`;
}

function None({ id, written }) {
  const draft = async () => (written.value = await asUser(() => rest.draftPostmortem(id)));
  return html`<div class="card empty">
    <h1>There is no postmortem yet</h1>
    <p>A draft is made from what the record holds: time line, cause with its evidence, what was done, and next steps as action items.</p>
    <p><${Act} icon="file" isMain act=${draft}>Draft a postmortem<//></p>
  </div>`;
}

function Written({ id, written, isBehind, onRead }) {
  const { markdown, version } = written.value;
  const text = useSignal(unsaved.get(id)?.text ?? markdown);
  const base = useSignal(unsaved.get(id)?.version ?? version);
  const isEditing = useSignal(unsaved.has(id));
  const isChanged = text.value !== markdown || base.value !== version;
  // Nothing typed: the newest text is the one to show and to go on from.
  useEffect(() => {
    if (unsaved.has(id)) return;
    text.value = markdown;
    base.value = version;
  }, [markdown, version]);
  useEffect(() => {
    const warn = (leaving) => unsaved.has(id) && leaving.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [id]);
  const type = (typed) => {
    text.value = typed;
    if (typed === markdown && base.value === version) unsaved.delete(id);
    else unsaved.set(id, { text: typed, version: base.value });
  };
  const taken = (kept) => {
    unsaved.delete(id);
    written.value = kept;
    text.value = kept.markdown;
    base.value = kept.version;
  };
  const save = async (over = base.value) => taken(await asUser(() => rest.keepPostmortem(id, text.value, over)));
  const saveOver = async () => {
    const theirs = await asUser(() => rest.postmortem(id));
    await save(theirs.version);
  };
  const drop = async () => {
    unsaved.delete(id);
    await onRead();
    text.value = written.value.markdown;
    base.value = written.value.version;
  };
  return html`<${Head} id=${id} written=${written.value} text=${text.value} isEditing=${isEditing} isChanged=${isChanged} save=${save} onDrafted=${taken} />
    ${isBehind && isChanged && html`<${Behind} onDrop=${drop} saveOver=${saveOver} />`}
    <div class=${isEditing.value ? "postmortem-both" : "postmortem-one"}>
      ${isEditing.value && html`<${Editor} text=${text.value} onType=${type} save=${save} />`}
      <article class="postmortem-paper card" aria-label="Postmortem"><${Prose} text=${text.value} top=${1} /></article>
    </div>`;
}

function Head({ id, written, text, isEditing, isChanged, save, onDrafted }) {
  const isSure = useSignal(false);
  const draftAnew = async () => {
    isSure.value = false;
    onDrafted(await asUser(() => rest.draftPostmortem(id, written.version)));
  };
  return html`<header class="postmortem-head">
    <h1>Postmortem</h1>
    <p class="meta">
      <span>version ${written.version}</span>
      <span>by <bdi>${plain(written.updatedByName)}</bdi></span>
      <span><${Age} since=${written.updatedAt} /> ago</span>
      ${isChanged && html`<span class="postmortem-unsaved">not saved</span>`}
    </p>
    <div class="acts">
      ${isSure.value
        ? html`<span class="act" role="group" aria-label="Draft it anew?">
            <span class="hint">What was written is replaced.</span>
            <${Act} icon="again" act=${draftAnew}>Replace it<//>
            <button type="button" class="button button-quiet" onClick=${() => (isSure.value = false)}>Keep it</button>
          </span>`
        : html`<button type="button" class="button button-quiet" onClick=${() => (isSure.value = true)}><${Icon} name="again" />Draft anew</button>`}
      <button type="button" class="button button-quiet" onClick=${() => download(text, id)}><${Icon} name="down" />Markdown</button>
      <button type="button" class="button button-quiet" onClick=${() => print()}><${Icon} name="file" />Print or PDF</button>
      <button type="button" class="button" aria-pressed=${isEditing.value} onClick=${() => (isEditing.value = !isEditing.value)}>${isEditing.value ? "Read" : "Edit"}</button>
      ${(isEditing.value || isChanged) && html`<${Act} icon="check" isMain act=${() => save()}>Save<//>`}
    </div>
  </header>`;
}

function Behind({ onDrop, saveOver }) {
  return html`<div class="postmortem-behind" role="alert">
    <p>Somebody saved another version while you were writing. Your text is still here.</p>
    <span class="acts">
      <${Act} icon="again" act=${onDrop}>Show theirs<//>
      <${Act} icon="check" act=${saveOver}>Save mine instead<//>
    </span>
  </div>`;
}

function Editor({ text, onType, save }) {
  const problem = useSignal("");
  const onKeyDown = async (key) => {
    if (key.key !== "s" || !(key.ctrlKey || key.metaKey)) return;
    key.preventDefault();
    problem.value = "";
    await save().catch((refused) => {
      if (!(refused instanceof Refused)) throw refused;
      problem.value = refused.message;
    });
  };
  return html`<div class="postmortem-editor">
    <textarea class="field" aria-label="Text of the postmortem, in Markdown" spellcheck="true" value=${text} onInput=${(input) => onType(input.currentTarget.value)} onKeyDown=${onKeyDown} />
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
  </div>`;
}

function download(text, id) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `postmortem-${id}.md`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
