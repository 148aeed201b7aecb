/** Whether the page has room for two columns. Follows the window. */

import { signal } from "@preact/signals";

const query = matchMedia("(min-width: 68rem)");

export const isWide = signal(query.matches);
query.addEventListener("change", () => (isWide.value = query.matches));
