/** A webhook's address, which is shown once, with what to do with it and a way to try it. */

import { html } from "../lib/html.js";
import { Command } from "./command.js";
import { Icon } from "./icon.js";
import { Prose } from "./prose.js";
import { TestAlert } from "./test-alert.js";

/** `made` is what making it, or giving it a new token, answered. */
export function WebhookAddress({ made, source }) {
  return html`<section class="card new-source" aria-label="The address">
    <h2><bdi>${made.name}</bdi> can send alerts now</h2>
    <p class="notice"><${Icon} name="alert" />This address is shown only now. Copy it before you leave this page.</p>
    <${Command} text=${made.url} what="the address" />
    <${TestAlert} id=${made.id} />
    <h3>Set up ${source.title}</h3>
    <${Prose} text=${source.setup.replaceAll("{url}", made.url)} />
    <p><a class="button" href=${`/settings/webhooks/${made.id}`}>Done</a></p>
  </section>`;
}
