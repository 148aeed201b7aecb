/** What was sent, the latest first, live: what became of each, and replaying those that failed. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { failed, mayWrite, readSources, webhooks } from "../alert-sources.js";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";
import { Delivery } from "./delivery.js";
import { Pulse } from "./pulse.js";
import { ReplayFailed } from "./replay-failed.js";
import { Section } from "./section.js";

const LOOK_AGAIN_MS = 4_000;
const SHOWN = 25;
const MOST = 200;
const FILTERS = { all: "All", failed: "Failed" };

export function DeliveriesChapter() {
  return html`
    <p class="lead">
      Everything that is sent is kept before it is understood. What could not be understood waits here with the reason,
      and can be replayed once that is mended.
    </p>
    <${Deliveries} />
  `;
}

/** Of one `webhook`, or of all. */
export function Deliveries({ webhook = null, title = "Recent" }) {
  const page = useSignal(null);
  const only = useSignal("all");
  const limit = useSignal(SHOWN);
  const problem = useSignal("");
  const read = async () => {
    const asked = { limit: limit.value };
    if (only.value !== "all") asked.status = only.value;
    if (webhook) asked.token = webhook.id;
    try {
      const before = page.value?.deliveries[0]?.id;
      page.value = await asUser(() => rest.deliveries(asked));
      problem.value = "";
      const isNew = before !== undefined && before !== page.value.deliveries[0]?.id;
      if (isNew || page.value.failed !== failed.value) await readSources();
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  useEffect(() => {
    read();
    const again = setInterval(() => document.hidden || read(), LOOK_AGAIN_MS);
    return () => clearInterval(again);
  }, [only.value, limit.value]);
  const found = page.value?.deliveries ?? [];
  const waiting = webhook ? webhook.failed : failed.value;
  const nameOf = (id) => webhooks.value?.find((one) => one.id === id)?.name ?? "a webhook that was deleted";
  return html`<${Section} title=${title} name="deliveries">
    <div class="deliveries-head">
      <div class="segments" role="group" aria-label="Which deliveries">
        ${Object.entries(FILTERS).map(([name, word]) => {
          return html`<button
            type="button" class="segment" key=${name} aria-pressed=${only.value === name}
            onClick=${() => (only.value = name)}
          >
            ${word}${name === "failed" && waiting > 0 && html` <span class="badge">${waiting}</span>`}
          </button>`;
        })}
      </div>
      ${mayWrite.value && waiting > 0 && html`<${ReplayFailed} webhook=${webhook} count=${waiting} onDone=${read} />`}
    </div>
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
    ${!page.value && !problem.value && html`<${Pulse} />`}
    ${page.value && found.length === 0 && html`<p class="card deliveries-none">${none(only.value)}</p>`}
    ${found.length > 0 &&
    html`<ul class="list">
      ${found.map((one) => {
        return html`<${Delivery} key=${one.id} delivery=${one} name=${webhook ? null : nameOf(one.tokenId)} onChanged=${read} />`;
      })}
    </ul>`}
    ${page.value?.hasMore &&
    limit.value < MOST &&
    html`<button type="button" class="button button-quiet" onClick=${() => (limit.value = Math.min(MOST, limit.value * 2))}>
      Show more
    </button>`}
  <//>`;
}

const none = (only) => (only === "failed" ? "Nothing failed." : "Nothing was sent yet. It appears here as it arrives.");
