/**
 * The one scroll rule: follow the end only while the reader is at the end; else offer "latest".
 *
 * `following` changes only when the reader scrolls: moving up lets go, arriving at the end takes hold again. Text that
 * grows never changes it, so a burst of text cannot be mistaken for a reader who left.
 */

const NEAR_PX = 40;

export const AT_END = Object.freeze({ following: true, top: 0 });

/** Whether a scrolled box shows its end. */
export function showsEnd({ scrollTop, scrollHeight, clientHeight }) {
  return scrollHeight - clientHeight - scrollTop <= NEAR_PX;
}

/** The rule's state after the box was scrolled, by the reader or by us. */
export function scrolled(state, box) {
  const following = showsEnd(box) || (state.following && box.scrollTop >= state.top);
  return { following, top: box.scrollTop };
}
