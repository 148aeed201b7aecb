/** A button that copies a text and says so. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { copy } from "../lib/copy.js";
import { html } from "../lib/html.js";
import { Icon } from "./icon.js";

const SHOWN_MS = 1_800;
const WORDS = { ready: "Copy", done: "Copied", failed: "Select and copy by hand" };

/** `text` is what is copied, `what` names it for those who do not see the page; `verb` is what the button says. */
export function CopyButton({ text, what, verb = WORDS.ready }) {
  const state = useSignal("ready");
  useEffect(() => {
    if (state.value === "ready") return undefined;
    const timer = setTimeout(() => (state.value = "ready"), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state.value]);
  const press = async () => (state.value = (await copy(text)) ? "done" : "failed");
  return html`<button type="button" class="button button-quiet copy" onClick=${press}>
    <${Icon} name=${state.value === "done" ? "check" : "copy"} />
    <span aria-live="polite">${state.value === "ready" ? verb : WORDS[state.value]}</span><span class="off-screen"> ${what}</span>
  </button>`;
}
