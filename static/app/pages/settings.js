/** Settings: one chapter at a time. A new chapter is one line in `CHAPTERS`. */

import { useEffect } from "preact/hooks";
import { failed, readSources } from "../alert-sources.js";
import { html } from "../lib/html.js";
import { path } from "../lib/route.js";
import { Accounts } from "../parts/accounts.js";
import { ApiTokens } from "../parts/api-tokens.js";
import { Commands } from "../parts/commands.js";
import { DeliveriesChapter } from "../parts/deliveries.js";
import { Knowledge } from "../parts/knowledge.js";
import { Members } from "../parts/members.js";
import { Models } from "../parts/models.js";
import { Profile } from "../parts/profile.js";
import { Silences } from "../parts/silences.js";
import { SourceSetup } from "../parts/source-setup.js";
import { Sources } from "../parts/sources.js";
import { Toolsets } from "../parts/toolsets.js";
import { Webhook } from "../parts/webhook.js";

const LOOK_AGAIN_MS = 15_000;

const CHAPTERS = [
  { at: "/settings", title: "Alert sources", part: Sources },
  { at: "/settings/deliveries", title: "Deliveries", part: DeliveriesChapter, badge: failed },
  { at: "/settings/silences", title: "Silences", part: Silences },
  { at: "/settings/models", title: "Models", part: Models },
  { at: "/settings/knowledge", title: "Knowledge", part: Knowledge },
  { at: "/settings/accounts", title: "Accounts", part: Accounts },
  { at: "/settings/toolsets", title: "Toolsets", part: Toolsets },
  { at: "/settings/commands", title: "Commands", part: Commands },
  { at: "/settings/members", title: "Members and roles", part: Members },
  { at: "/settings/tokens", title: "API tokens", part: ApiTokens },
  { at: "/settings/profile", title: "Profile", part: Profile },
];
/** Pages below a chapter; they have a title of their own. */
const PAGES = [
  { below: "/settings/sources/", chapter: CHAPTERS[0], part: SourceSetup },
  { below: "/settings/webhooks/", chapter: CHAPTERS[0], part: Webhook },
];

export function Settings() {
  const here = path.value.replace(/\/$/, "");
  const page = PAGES.find(({ below }) => here.startsWith(below));
  const chapter = page?.chapter ?? CHAPTERS.find(({ at }) => at === here) ?? CHAPTERS[0];
  useEffect(() => {
    readSources();
    const again = setInterval(() => document.hidden || readSources(), LOOK_AGAIN_MS);
    return () => clearInterval(again);
  }, []);
  useEffect(() => {
    document.querySelector(".chapter[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [here]);
  return html`<div class="page page-settings">
    <nav class="chapters" aria-label="Settings">
      ${CHAPTERS.map((one) => html`<${Chapter} key=${one.at} ...${one} isHere=${one === chapter} />`)}
    </nav>
    <div class="chapter-text" key=${here}>
      ${page
        ? html`<${page.part} id=${decodeURIComponent(here.slice(page.below.length))} />`
        : html`<header class="page-head"><h1>${chapter.title}</h1></header>
            <${chapter.part} />`}
    </div>
  </div>`;
}

function Chapter({ at, title, badge, isHere }) {
  return html`<a href=${at} class="chapter" aria-current=${isHere ? "page" : null}>
    ${title}
    ${badge?.value > 0 && html`<span class="badge">${badge.value}<span class="off-screen"> failed</span></span>`}
  </a>`;
}
