/** The first thing to do on a new server: have small problems caused, and watch them being found. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { rest } from "../client.js";
import { html } from "../lib/html.js";
import { asUser, user } from "../store.js";
import { Act } from "./act.js";
import { Pulse } from "./pulse.js";

const ABOUT = "Causes three small, harmless problems on the server’s machine, for three minutes, and lets you watch them being found.";

export function TryIt() {
  const demo = useSignal(null);
  useEffect(() => void asUser(rest.demo).then((state) => (demo.value = state), () => {}), []);
  const start = async () => (demo.value = await asUser(rest.startDemo));
  if (demo.value?.running) {
    return html`<span class="at-work"><${Pulse} />Running</span>
      <span role="status">A process burns CPU, one leaks memory, one fills a directory. The first alert comes within seconds.</span>`;
  }
  if (demo.value?.allowed && user.value?.role === "admin") {
    return html`<${Act} icon="forward" act=${start}>Try it now<//><span>${ABOUT}</span>`;
  }
  return html`<code>aurora-rt up --demo</code><span>${ABOUT}</span>`;
}
