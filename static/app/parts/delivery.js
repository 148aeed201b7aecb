/** One delivery: when, what became of it and why; unfolded, what was sent, and how to have it dealt with. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { mayWrite, mended, sourceOf, titleOf } from "../alert-sources.js";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { indented } from "../lib/json-text.js";
import { plain } from "../lib/plain.js";
import { size } from "../lib/size.js";
import { asUser } from "../store.js";
import { Act } from "./act.js";
import { Age, ClockTime } from "./age.js";
import { Asked } from "./asked.js";
import { Output } from "./command.js";
import { CopyButton } from "./copy-button.js";
import { Icon } from "./icon.js";
import { Pulse } from "./pulse.js";

const MOST_SHOWN = 100_000;

/** `name` is the webhook's, null where the page is about it alone; `onChanged` is called when it was replayed. */
export function Delivery({ delivery, name, onChanged }) {
  const isOpen = useSignal(false);
  const { source, receivedAt, status, reason } = delivery;
  return html`<li class=${`delivery delivery-${status}`}>
    <details open=${isOpen.value} onToggle=${(toggle) => (isOpen.value = toggle.currentTarget.open)}>
      <summary>
        <span class="delivery-result">${result(delivery)}</span>
        <span class="delivery-text">
          ${name !== null && html`<span class="delivery-name"><bdi>${plain(name)}</bdi> <span class="hint">${titleOf(source)}</span></span>`}
          ${name === null && !reason && html`<span class="hint">${size(delivery.size)}</span>`}
          ${reason && html`<span class="delivery-why"><bdi>${plain(reason)}</bdi></span>`}
        </span>
        <span class="delivery-when"><${ClockTime} at=${receivedAt} /><${Age} since=${receivedAt} /></span>
        <${Icon} name="forward" />
      </summary>
      ${isOpen.value && html`<${Opened} delivery=${delivery} onChanged=${onChanged} />`}
    </details>
  </li>`;
}

function result({ status, alerts }) {
  if (status === "failed") return "Failed";
  if (status === "received") return "Kept";
  return alerts === 0 ? "No alerts" : `${alerts} ${alerts === 1 ? "alert" : "alerts"}`;
}

const TOLD = {
  failed: "It could not be dealt with, and is kept as it came.",
  received: "It is kept, and is dealt with as soon as that is possible again.",
  processed: "It was dealt with.",
};

function Opened({ delivery, onChanged }) {
  const { id, status, source, tokenId, attempts } = delivery;
  const shown = useSignal(null);
  const problem = useSignal("");
  useEffect(() => {
    let isCurrent = true;
    asUser(() => rest.delivery(id)).then(
      (whole) => isCurrent && (shown.value = whole),
      (refused) => isCurrent && (problem.value = refused.message),
    );
    return () => (isCurrent = false);
  }, [id, status]);
  const replay = async () => {
    try {
      await asUser(() => rest.replay(id));
    } finally {
      await onChanged();
    }
  };
  const remove = async () => {
    await asUser(() => rest.deleteDelivery(id));
    await onChanged();
  };
  const isMapped = sourceOf(source)?.mapping;
  return html`<div class="delivery-body">
    <p class="meta">
      <span>${TOLD[status]}</span>
      <span>${size(delivery.size)}</span>
      ${attempts > 1 && html`<span>tried ${attempts} times</span>`}
    </p>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${!shown.value && !problem.value && html`<${Pulse} />`}
    ${shown.value && html`<${Headers} headers=${shown.value.headers} />`}
    ${shown.value && html`<${Output} text=${start(shown.value.body)} label="What was sent" />`}
    <footer class="delivery-foot">
      ${shown.value && html`<${CopyButton} text=${shown.value.body} what="what was sent" />`}
      ${status === "failed" &&
      mayWrite.value &&
      html`<${Asked} act=${remove} verb="Delete" question="What was sent is gone for good." yes="Delete it" isDanger />`}
      ${status === "failed" &&
      isMapped &&
      html`<a class="button" href=${`/settings/webhooks/${tokenId}`} onClick=${() => (mended.value = id)}>Mend the mapping</a>`}
      ${status !== "processed" && mayWrite.value && html`<${Act} icon="again" act=${replay}>Replay<//>`}
    </footer>
  </div>`;
}

/** The beginning of a body; a browser would be busy for long with megabytes of it. */
function start(body) {
  if (body.length <= MOST_SHOWN) return indented(body);
  return `${body.slice(0, MOST_SHOWN)}\n\n… ${size(body.length - MOST_SHOWN)} more; what is copied is the whole of it`;
}

function Headers({ headers }) {
  const all = Object.entries(headers);
  if (all.length === 0) return null;
  return html`<p class="hint mono">${all.map(([name, value]) => html`<bdi key=${name}>${name}: ${plain(value)}</bdi><br />`)}</p>`;
}
