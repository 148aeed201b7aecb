/**
 * What happened, as a picture: a lane for each kind, one axis of time. One mark is the tab stop, arrow keys go from mark
 * to mark; what a mark stands for is written below. The same is there as a list.
 */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { levelOf } from "../lib/severity.js";
import { clockTime } from "../lib/time.js";
import { Prose } from "../parts/prose.js";
import { second } from "../parts/second.js";
import { ClockTime } from "../parts/age.js";
import { useWatched } from "../parts/watching.js";
import { axis, happenings, LANES, marks, rows } from "./lib/happenings.js";

const LANE = 26;
const TOP = 6;
const FOOT = 20;
const NARROW = 520;
const APART = 11;
const ROWS = 3;
const TOLD = 4;
const LISTED = 200;
const TICK_MS = 5_000;
const DAY_MS = 72_000_000;

export function TimeLine() {
  const { incident, surroundings } = useWatched();
  const width = useSignal(0);
  const chosen = useSignal(null);
  const box = useRef(null);
  const all = useComputed(() => happenings(incident.value, surroundings.value));
  const isLasting = useComputed(() => all.value.some(({ until }) => until === Infinity));
  const now = useComputed(() => (isLasting.value ? Math.floor(second.value / TICK_MS) * TICK_MS : 0));
  useLayoutEffect(() => {
    const sized = new ResizeObserver(([{ contentRect }]) => (width.value = Math.round(contentRect.width)));
    sized.observe(box.current);
    width.value = Math.round(box.current.getBoundingClientRect().width);
    return () => sized.disconnect();
  }, []);
  const picture = width.value > 0 ? drawn(all.value, width.value, now.value) : null;
  const at = picture && chosenMark(picture.marks, chosen.value);
  return html`<div class="timeline card">
    <div class="timeline-box" ref=${box}>
      ${picture && html`<${Picture} picture=${picture} width=${width.value} at=${at} chosen=${chosen} />`}
    </div>
    <${Told} mark=${at === null || !chosen.value ? null : picture.marks[at]} />
    <${List} all=${all.value} />
  </div>`;
}

/** Everything at its place: `{ lanes, spans, marks, ticks, height }`. */
function drawn(all, width, now) {
  const time = axis(all, now);
  const left = width < NARROW ? 8 : 76;
  const right = width - 10;
  const x = (moment) => left + time.at(moment) * (right - left);
  const lanes = LANES.map(([name, title], at) => ({ name, title, y: TOP + at * LANE + LANE / 2 }));
  const found = [];
  for (const { name, y } of lanes) {
    const inLane = all.filter(({ lane }) => lane === name);
    found.push(...marks(inLane, x, APART).map((mark) => ({ ...mark, y, lane: name })));
  }
  const lasting = all.filter(({ until }) => until !== undefined);
  const spans = rows(lasting, ROWS).map(({ row, one }) => ({
    level: levelOf(one.kind),
    x: x(one.at),
    width: Math.max(2, x(Math.min(one.until, time.to)) - x(one.at)),
    y: lanes[0].y + (row - 1) * 6 - 1.5,
    isOpen: one.until === Infinity,
  }));
  return { lanes, spans, marks: found, ticks: ticks(time, left, right), left, height: TOP + LANES.length * LANE + FOOT };
}

/** Labels of the axis: the times at even distances, with seconds where they are close to each other. */
function ticks(time, left, right) {
  const count = Math.max(2, Math.floor((right - left) / 110));
  const moments = Array.from({ length: count + 1 }, (_, at) => time.time(at / count));
  const labels = moments.map((moment, at) => {
    const near = Math.min(...[at - 1, at + 1].filter((one) => moments[one] !== undefined).map((one) => Math.abs(moments[one] - moment)));
    return { x: left + (at / count) * (right - left), text: near > DAY_MS ? dayOf(moment) : clockTime(moment).slice(0, near < 90_000 ? 8 : 5), anchor: at === 0 ? "start" : at === count ? "end" : "middle" };
  });
  return labels.filter(({ text }, at) => at === 0 || text !== labels[at - 1].text);
}

const dayOf = (moment) => new Date(moment).toLocaleDateString(undefined, { day: "numeric", month: "short" });

/** The mark that the reader chose may have moved or grown since: it is known by its first happening. */
function chosenMark(found, chosen) {
  if (found.length === 0) return null;
  const at = chosen ? found.findIndex(({ lane, all }) => lane === chosen.lane && all.some((one) => one.at === chosen.at && one.text === chosen.text)) : -1;
  return at < 0 ? 0 : at;
}

function Picture({ picture, width, at, chosen }) {
  const group = useRef(null);
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    group.current.querySelector("[tabindex='0']")?.focus();
  });
  const choose = (index) => {
    const mark = picture.marks[index];
    chosen.value = { lane: mark.lane, at: mark.all[0].at, text: mark.all[0].text };
  };
  const onKeyDown = (key) => {
    if (key.key === "Escape") return (chosen.value = null);
    const next = nextMark(picture.marks, at, key.key);
    if (next === null) return undefined;
    key.preventDefault();
    wantsFocus.current = true;
    return choose(next);
  };
  return html`<svg class="timeline-picture" viewBox=${`0 0 ${width} ${picture.height}`} width=${width} height=${picture.height} role="group" aria-label="Time line; arrow keys go from mark to mark" ref=${group} onKeyDown=${onKeyDown}>
    <${Ground} picture=${picture} width=${width} />
    ${picture.marks.map((mark, index) => html`<${Mark} key=${`${mark.lane} ${mark.all[0].at} ${mark.all[0].text}`} mark=${mark} isHere=${index === at} isChosen=${chosen.value !== null && index === at} onChoose=${() => choose(index)} />`)}
  </svg>`;
}

function Ground({ picture, width }) {
  const { lanes, spans, ticks: labels, left, height } = picture;
  return html`<g aria-hidden="true">
    ${lanes.map(({ name, title, y }) => html`<g key=${name}>
      <line class="lane" x1=${left} x2=${width - 10} y1=${y} y2=${y} />
      ${left > 20
        ? html`<text class="lane-title" x="0" y=${y + 4}>${title}</text>`
        : html`<text class="axis" x="0" y=${y - 4}>${title}</text>`}
    </g>`)}
    ${spans.map((span, at) => html`<rect key=${at} class=${`span level-${span.level}${span.isOpen ? " span-open" : ""}`} x=${span.x} y=${span.y} width=${span.width} height="4" rx="2" />`)}
    ${labels.map(({ x, text, anchor }) => html`<text key=${x} class="axis" x=${x} y=${height - 5} text-anchor=${anchor}>${text}</text>`)}
  </g>`;
}

const SHAPES = {
  alerts: "M0-5 5 4.5H-5z",
  changes: "M0-5.5 5.5 0 0 5.5-5.5 0z",
  findings: "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0",
  chat: "M-5-4H5V3H0l-3 3V3h-2z",
  status: "M-4.5-4.5h9v9h-9z",
};

function Mark({ mark, isHere, isChosen, onChoose }) {
  const { lane, all, x, y } = mark;
  const [first] = all;
  const look = lane === "alerts" ? `level-${levelOf(first.kind)}` : `mark-${first.kind}`;
  return html`<g class=${`mark ${look}`} role="button" tabindex=${isHere ? 0 : -1} aria-pressed=${isChosen} aria-label=${spoken(all)} transform=${`translate(${x} ${y})`} onClick=${onChoose} onFocus=${onChoose}>
    <rect class="mark-target" x="-12" y="-12" width="24" height="24" rx="5" />
    <path d=${SHAPES[lane]} />
    ${all.length > 1 && html`<text class="mark-count" x="7" y="-3">${all.length}</text>`}
  </g>`;
}

/** The number of happenings that is seen at a mark is part of its name, too. */
const spoken = (all) => {
  const [{ at, title, text }] = all;
  const many = all.length > 1 ? `${all.length} from ` : "";
  return `${many}${clockTime(at)} ${title}: ${plain(text.replace(/\\(.)/g, "$1").slice(0, 160))}`;
};

/** Left and right go through time, up and down to the nearest mark of another lane. */
function nextMark(found, at, key) {
  const here = found[at];
  const inOrder = [...found.keys()].sort((one, other) => found[one].x - found[other].x || found[one].y - found[other].y);
  const place = inOrder.indexOf(at);
  if (key === "ArrowRight") return inOrder[Math.min(place + 1, inOrder.length - 1)];
  if (key === "ArrowLeft") return inOrder[Math.max(place - 1, 0)];
  if (key === "Home") return inOrder[0];
  if (key === "End") return inOrder.at(-1);
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const beyond = [...found.keys()].filter((one) => (key === "ArrowUp" ? found[one].y < here.y : found[one].y > here.y));
  const distance = (one) => Math.abs(found[one].y - here.y) * 1000 + Math.abs(found[one].x - here.x);
  return beyond.sort((one, other) => distance(one) - distance(other))[0] ?? at;
}

/** What the chosen mark stands for. */
function Told({ mark }) {
  if (!mark) return html`<p class="timeline-told hint">Choose a mark to read what it stands for. Time is stretched where much happened.</p>`;
  const more = mark.all.length - TOLD;
  return html`<div class="timeline-told" role="status">
    ${mark.all.slice(0, TOLD).map((one) => html`<${Happening} key=${`${one.at} ${one.text}`} happening=${one} />`)}
    ${more > 0 && html`<p class="hint">and ${more} more at about that time</p>`}
  </div>`;
}

function Happening({ happening }) {
  const { at, title, text } = happening;
  return html`<div class="happening">
    <${ClockTime} at=${new Date(at).toISOString()} /><span class="happening-title">${title}</span><${Prose} text=${text} />
  </div>`;
}

function List({ all }) {
  const isOpen = useSignal(false);
  return html`<details class="figures-fold" onToggle=${(toggle) => (isOpen.value = toggle.currentTarget.open)}>
    <summary>As a list</summary>
    ${isOpen.value && html`<ol class="happenings">${all.slice(-LISTED).map((one) => html`<li key=${`${one.lane} ${one.at} ${one.text}`}><${Happening} happening=${one} /></li>`)}</ol>`}
  </details>`;
}
