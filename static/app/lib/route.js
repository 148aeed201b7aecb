/** Which page is shown: the address, as signals, without reloads. */

import { signal } from "@preact/signals";

/** The path of the address, such as `/incidents/0190…`. */
export const path = signal(location.pathname);
/** Its query, such as `?q=disk`; `""` without one. */
export const search = signal(location.search);

/** Go to another page. With `replace` the present one is not kept in the history. */
export function go(to, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", to);
  const isElsewhere = location.pathname !== path.value;
  follow();
  if (isElsewhere) window.scrollTo(0, 0);
}

/** Make links between our pages, and the browser's back and forward, change the page without loading it again. */
export function followLinks() {
  addEventListener("popstate", follow);
  document.addEventListener("click", (click) => {
    const link = click.target.closest?.("a[href^='/']");
    const isPlain = click.button === 0 && !click.metaKey && !click.ctrlKey && !click.shiftKey && !click.altKey;
    if (!link || !isPlain || link.target || click.defaultPrevented) return;
    click.preventDefault();
    if (link.pathname + link.search !== path.value + search.value) go(link.pathname + link.search);
  });
}

function follow() {
  path.value = location.pathname;
  search.value = location.search;
}
