/** Why a text ends, where it is not simply whole. */

import { html } from "../lib/html.js";
import { Icon } from "./icon.js";

const WORDS = {
  length: "Ends at the model’s output limit",
  limit: "Ended by a limit of time, steps or cost",
  refused: "The model would not go on",
  interrupted: "Broke off before its end",
  fallback: "By rules: no language model could finish",
};

/** A line for a text that ended so; nothing for one that is complete. */
export function EndedBecause({ ended }) {
  if (!Object.hasOwn(WORDS, ended ?? "")) return null;
  return html`<p class="ended"><${Icon} name="limitation" />${WORDS[ended]}</p>`;
}
