/** A box that follows its growing content by the rule of `lib/scroll.js`. Nothing else scrolls by itself. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { AT_END, scrolled } from "../lib/scroll.js";
import { Icon } from "./icon.js";

/** `fromEnd`: begin at the end and follow; else begin at the top, as one reads what is finished. */
export function Follow({ label, fromEnd, children }) {
  const box = useRef(null);
  const rule = useRef({ ...AT_END, following: fromEnd });
  const offersLatest = useSignal(false);

  const toEnd = () => {
    rule.current = AT_END;
    box.current.scrollTop = box.current.scrollHeight;
  };
  const onScroll = () => {
    if (!box.current) return; // told after the page was left
    rule.current = scrolled(rule.current, box.current);
    if (rule.current.following) offersLatest.value = false;
  };

  useLayoutEffect(() => {
    let height = box.current.firstElementChild.offsetHeight;
    const grown = new ResizeObserver(() => {
      const now = box.current.firstElementChild.offsetHeight;
      const isMore = now > height;
      height = now;
      // Before this frame is painted: a frame later the text would be seen to jump.
      if (rule.current.following) toEnd();
      else if (isMore && fromEnd) offersLatest.value = true;
    });
    grown.observe(box.current.firstElementChild);
    grown.observe(box.current);
    if (rule.current.following) toEnd();
    return () => grown.disconnect();
  }, []);

  return html`<div class="follow">
    <div class="follow-box" ref=${box} onScroll=${onScroll} tabindex="0" role="region" aria-label=${label}>
      <div class="follow-content">${children}</div>
    </div>
    ${offersLatest.value &&
    html`<button type="button" class="button follow-latest" onClick=${toEnd}><${Icon} name="down" />Latest</button>`}
  </div>`;
}
