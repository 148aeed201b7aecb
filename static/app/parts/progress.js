/** How far the investigation is: a sign of life, what is being looked at, and what was done so far, in one line. */

import { useComputed } from "@preact/signals";
import { html } from "../lib/html.js";
import { gist } from "../lib/gist.js";
import { standing } from "../lib/pieces.js";
import { plain } from "../lib/plain.js";
import { Age } from "./age.js";
import { Icon } from "./icon.js";
import { Pulse } from "./pulse.js";
import { useWatched } from "./watching.js";

const ENDS = { complete: "Done", error: "Failed", idle: "Stopped" };
const ICONS = { complete: "check", error: "alert", idle: "stop" };

export function Progress() {
  const { incident } = useWatched();
  const work = useComputed(() => incident.value.auroraStatus).value;
  const began = useComputed(() => incident.value.streamingThoughts[0]?.timestamp).value;
  const ended = useComputed(() => incident.value.streamingThoughts.at(-1)?.timestamp).value;
  if (!began) return null;
  const isRunning = work === "running";
  return html`<div class="progress">
    <p class="progress-now">
      ${isRunning ? html`<${Pulse} /><${Now} />` : html`<${Icon} name=${ICONS[work] ?? "check"} />${ENDS[work] ?? ENDS.complete}`}
    </p>
    <${Counts} />
    <${Age} since=${began} until=${isRunning ? null : ended} />
  </div>`;
}

/** The first words of what is being written; between two thoughts, the latest look. */
function Now() {
  const { incident, writing } = useWatched();
  const text = useComputed(() => {
    const written = Object.values(writing.value.texts).find(({ kind }) => kind !== "answer");
    if (written?.kind === "summary") return "Writing the summary";
    if (written) return firstSentence(gist(written.text));
    const look = incident.value.citations.at(-1);
    return look ? plain(look.command).split("\n")[0] : "Reading the alert";
  });
  return html`<span class="progress-what">${text}</span>`;
}

/** Short and settled soon, so that a line which is read does not change with every word. */
const firstSentence = (text) => /^.{12,100}?[.?!](?=\s|$)/.exec(text)?.[0] ?? text.slice(0, 100);

function Counts() {
  const { incident } = useWatched();
  const text = useComputed(() => {
    const { looks, hypotheses, ruledOut } = standing(incident.value);
    const told = [
      `${looks} ${looks === 1 ? "look" : "looks"}`,
      hypotheses > 0 && `${hypotheses} ${hypotheses === 1 ? "hypothesis" : "hypotheses"}`,
      ruledOut > 0 && `${ruledOut} ruled out`,
    ];
    return told.filter(Boolean).join(" · ");
  });
  return html`<span class="progress-counts">${text}</span>`;
}
