/** Pages that are seldom the first one: fetched after the first view, or when somebody goes there. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../lib/html.js";
import { Pulse } from "./pulse.js";

const AGAIN_MS = 4_000;

/** Stands for the component that `load` promises, trying until it is there; `begin()` fetches it before it is shown. */
export function fetched(title, load) {
  const page = signal(null);
  const begin = () => load().then((component) => (page.value = component), () => {});
  function Fetched(props) {
    const Page = page.value;
    useEffect(() => {
      if (Page) return undefined;
      begin();
      const again = setInterval(begin, AGAIN_MS);
      return () => clearInterval(again);
    }, [Page]);
    return Page ? html`<${Page} ...${props} />` : html`<div class="page"><h1 class="off-screen">${title}</h1><${Pulse} /></div>`;
  }
  return Object.assign(Fetched, { begin });
}
