/** The browser tells of critical incidents while nobody looks at the page: asked for once, kept in this browser. */

import { signal } from "@preact/signals";
import { html } from "../lib/html.js";
import { Icon } from "./icon.js";

const KEPT = "aurora.notices";
const isThere = typeof Notification !== "undefined";

/** Whether this browser is to tell: it was asked for here, and the browser allows it. */
export const isTelling = signal(isThere && Notification.permission === "granted" && localStorage.getItem(KEPT) === "on");

/** Tell of an incident, if nobody looks at the page. A click on it calls `open`. */
export function tell({ id, alert, summary }, open) {
  if (!isTelling.value || !document.hidden) return;
  const notice = new Notification(alert.title, { body: alert.service || summary, tag: id, icon: "/favicon.svg" });
  notice.onclick = () => {
    window.focus();
    notice.close();
    open();
  };
}

async function change() {
  const isWanted = !isTelling.value && (await Notification.requestPermission()) === "granted";
  localStorage.setItem(KEPT, isWanted ? "on" : "off");
  isTelling.value = isWanted;
}

export function NoticeSwitch() {
  if (!isThere || Notification.permission === "denied") return null;
  return html`<button type="button" class="notice-switch" aria-pressed=${isTelling.value} onClick=${change}
    title=${isTelling.value ? "This browser tells of critical incidents" : "Let this browser tell of critical incidents"}>
    <${Icon} name=${isTelling.value ? "bell" : "bell_off"} />
    <span class="off-screen">Tell of critical incidents</span>
  </button>`;
}
