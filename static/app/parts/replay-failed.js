/** Replaying all that failed, some at a time, with how far it is. */

import { useSignal } from "@preact/signals";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";
import { Act } from "./act.js";

/** `webhook` is null for those of all; `onDone` is called after each round. */
export function ReplayFailed({ webhook, count, onDone }) {
  const told = useSignal("");
  const replay = async () => {
    let done = 0;
    for (let goesOn = true; goesOn; ) {
      const round = await asUser(() => rest.replayFailed(webhook?.id));
      done += round.processed;
      goesOn = round.hasMore && round.processed > 0;
      told.value = `${done} dealt with${round.failed > 0 ? `, ${round.failed} still ${round.failed === 1 ? "fails" : "fail"}` : ""}.`;
      await onDone();
    }
  };
  return html`<span class="replay-failed">
    <span class="hint" role="status">${told.value}</span>
    <${Act} icon="again" act=${replay}>Replay ${count === 1 ? "the failed one" : `all ${count} failed`}<//>
  </span>`;
}
