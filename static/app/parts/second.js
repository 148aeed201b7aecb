/** A clock for what ticks on the page: milliseconds since the epoch, once a second, resting while nobody looks. */

import { signal } from "@preact/signals";

export const second = signal(Date.now());

const tick = () => {
  if (!document.hidden) second.value = Date.now();
};

setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
