/** Keys that do something on a page: one letter each, and never while somebody is writing. */

import { useEffect } from "preact/hooks";

const WRITING = "input, textarea, select, [contenteditable], dialog[open] *";

/** While this part is shown, call `keys[key](event)` when a key is pressed without Ctrl, Alt or Meta. */
export function useKeys(keys) {
  useEffect(() => {
    const onKeyDown = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target.closest?.(WRITING) || !Object.hasOwn(keys, event.key)) return;
      event.preventDefault();
      keys[event.key](event);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  });
}

/** Move the focus to the next (`step` 1) or previous (-1) of the elements that `selector` names; to the first, if none has it. */
export function moveFocus(selector, step) {
  const all = [...document.querySelectorAll(selector)];
  const at = all.indexOf(document.activeElement);
  const next = all[at === -1 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
