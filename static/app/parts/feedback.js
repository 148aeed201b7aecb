/** Whether the analysis helped: thumbs up or down, with a word if one likes. Said once; it counts from then on. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser } from "../store.js";
import { Icon } from "./icon.js";
import { useWatched } from "./watching.js";

const SAID = { helpful: "You found this helpful", not_helpful: "You found this not helpful" };

export function Feedback() {
  const { incident, id } = useWatched();
  const isWhole = useComputed(() => incident.value.auroraStatus === "complete").value;
  const known = useSignal(null);
  const chosen = useSignal("");
  const problem = useSignal("");
  const read = () => {
    asUser(() => rest.feedback(id)).then(
      (found) => (known.value = found),
      () => {},
    );
  };
  useEffect(() => {
    if (isWhole) read();
  }, [isWhole, id]);
  if (!isWhole || !known.value) return null;
  const { feedback, helpful, notHelpful } = known.value;
  const submit = async (event) => {
    event.preventDefault();
    const comment = new FormData(event.currentTarget).get("comment").trim();
    try {
      await asUser(() => rest.giveFeedback(id, { feedback_type: chosen.value, comment }));
      chosen.value = "";
      problem.value = "";
      read();
    } catch (refused) {
      problem.value = refused.message;
    }
  };
  const counts = html`<${Counts} helpful=${helpful} notHelpful=${notHelpful} />`;
  if (feedback) {
    return html`<div class="feedback" role="status">
      <${Icon} name=${feedback.feedbackType === "helpful" ? "good" : "bad"} />
      <span>${SAID[feedback.feedbackType]}. It counts when something like it comes again.</span>${counts}
    </div>`;
  }
  const choice = (kind, icon, title) => html`<button
    type="button" class="button feedback-choice" aria-pressed=${chosen.value === kind}
    onClick=${() => (chosen.value = chosen.value === kind ? "" : kind)}
  ><${Icon} name=${icon} />${title}</button>`;
  return html`<div class="feedback">
    <span>Did this analysis help?</span>
    ${choice("helpful", "good", "Yes")}${choice("not_helpful", "bad", "No")}${counts}
    ${chosen.value &&
    html`<form class="feedback-word" onSubmit=${submit}>
      <input
        class="field" name="comment" maxlength="2000" aria-label="Comment" autocomplete="off"
        placeholder=${chosen.value === "helpful" ? "What helped? (optional)" : "What was it really? (optional)"}
      />
      <button type="submit" class="button button-main">Send</button>
    </form>`}
    ${problem.value && html`<p class="problem" role="alert">${problem.value}</p>`}
  </div>`;
}

function Counts({ helpful, notHelpful }) {
  if (helpful + notHelpful === 0) return null;
  return html`<span class="meta feedback-counts">
    ${helpful > 0 && html`<span>${helpful} helpful</span>`}
    ${notHelpful > 0 && html`<span>${notHelpful} not</span>`}
  </span>`;
}
