/** Settings: one chapter at a time. A new chapter is one line in `CHAPTERS`. */

import { html } from "../lib/html.js";
import { path } from "../lib/route.js";
import { Commands } from "../parts/commands.js";
import { Knowledge } from "../parts/knowledge.js";
import { Models } from "../parts/models.js";
import { Sources } from "../parts/sources.js";
import { Toolsets } from "../parts/toolsets.js";

const CHAPTERS = [
  { at: "/settings", title: "Alert sources", part: Sources },
  { at: "/settings/models", title: "Models", part: Models },
  { at: "/settings/knowledge", title: "Knowledge", part: Knowledge },
  { at: "/settings/toolsets", title: "Toolsets", part: Toolsets },
  { at: "/settings/commands", title: "Commands", part: Commands },
];

export function Settings() {
  const here = path.value.replace(/\/$/, "");
  const chapter = CHAPTERS.find(({ at }) => at === here) ?? CHAPTERS[0];
  return html`<div class="page page-settings">
    <nav class="chapters" aria-label="Settings">
      ${CHAPTERS.map((one) => {
        return html`<a key=${one.at} href=${one.at} class="chapter" aria-current=${one === chapter ? "page" : null}>
          ${one.title}
        </a>`;
      })}
    </nav>
    <div class="chapter-text" key=${chapter.at}>
      <header class="page-head"><h1>${chapter.title}</h1></header>
      <${chapter.part} />
    </div>
  </div>`;
}
