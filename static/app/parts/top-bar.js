/** The bar above every page: where one can go, how the connection stands, who one is. */

import { html } from "../lib/html.js";
import { path } from "../lib/route.js";
import { investigating, signOut, user } from "../store.js";
import { ConnectionState } from "./connection-state.js";
import { Pulse } from "./pulse.js";

const PAGES = [
  ["/", "Incidents"],
  ["/chat", "Chat"],
  ["/settings", "Settings"],
];

export function TopBar() {
  const { name, email, orgName } = user.value;
  const here = PAGES.find(([to]) => to !== "/" && path.value.startsWith(to))?.[0] ?? "/";
  const link = (to, text) => html`<a key=${to} href=${to} class="top-link" aria-current=${to === here ? "page" : null}>${text}</a>`;
  return html`<header class=${`top-bar ${investigating.value > 0 ? "top-bar-alive" : ""}`}>
    <a class="brand" href="/" aria-label="Aurora RT, incidents">
      <${Pulse} still /><span class="brand-name">Aurora RT</span>
    </a>
    <nav class="top-links" aria-label="Pages">${PAGES.map(([to, text]) => link(to, text))}</nav>
    <${ConnectionState} />
    <button type="button" class="who" popovertarget="who-menu" aria-label=${`Account of ${name}`}>${initial(name)}</button>
    <div class="who-menu" id="who-menu" popover="auto">
      <p class="who-name"><bdi>${name}</bdi></p>
      <p class="who-mail">${email}</p>
      <p class="who-mail"><bdi>${orgName}</bdi></p>
      <p class="who-mail"><a href="/settings/profile" onClick=${close}>Profile</a></p>
      <button type="button" class="button" onClick=${signOut}>Sign out</button>
    </div>
  </header>`;
}

const close = (click) => click.currentTarget.closest("[popover]").hidePopover();
const initial = (name) => ([...(name || "?").trim()][0] ?? "?").toUpperCase();
