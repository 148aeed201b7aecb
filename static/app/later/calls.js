/** Who calls whom near the incident's services: callers on the left, whom they call on the right. */

import { useComputed, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { useWatched } from "../parts/watching.js";
import { layers } from "./lib/layers.js";

const BOX = 26;
const ROW = 38;
const GAP = 44;
const WIDEST = 168;
const NARROWEST = 92;
const LETTER = 6.7;
const LIKELY = 0.5;

const isSuspected = ({ suspicion }) => suspicion !== null && suspicion >= LIKELY;

export function Calls() {
  const { surroundings } = useWatched();
  const width = useSignal(0);
  const near = useSignal(null);
  const box = useRef(null);
  const { services, calls } = useComputed(() => surroundings.value).value;
  useLayoutEffect(() => {
    const sized = new ResizeObserver(([{ contentRect }]) => (width.value = Math.round(contentRect.width)));
    sized.observe(box.current);
    width.value = Math.round(box.current.getBoundingClientRect().width);
    return () => sized.disconnect();
  }, []);
  return html`<div class="calls card">
    <div class="calls-box" ref=${box} tabindex="0" role="group" aria-label="Who calls whom, as a picture">
      ${width.value > 0 && html`<${Picture} services=${services} calls=${calls} width=${width.value} near=${near} />`}
    </div>
    <p class="calls-key hint"><span><i class="key key-affected" />affected</span><span><i class="key key-suspected" />suspected</span></p>
    <${List} services=${services} calls=${calls} />
  </div>`;
}

function placed(services, calls, width) {
  const columns = layers(services.map(({ name }) => name), calls);
  const breadth = Math.max(NARROWEST, Math.min(WIDEST, (width - (columns.length - 1) * GAP) / columns.length));
  const tallest = Math.max(...columns.map(({ length }) => length));
  const places = new Map();
  columns.forEach((column, at) => {
    const top = ((tallest - column.length) * ROW) / 2;
    column.forEach((name, row) => places.set(name, { x: at * (breadth + GAP), y: top + row * ROW + (ROW - BOX) / 2 }));
  });
  return { places, breadth, width: columns.length * (breadth + GAP) - GAP, height: tallest * ROW };
}

function Picture({ services, calls, width, near }) {
  const { places, breadth, width: needed, height } = placed(services, calls, width - 4);
  const isNear = (pair) => near.value === null || pair.includes(near.value);
  return html`<svg viewBox=${`-2 -2 ${needed + 4} ${height + 4}`} width=${needed + 4} height=${height + 4} aria-hidden="true">
    ${calls.map((pair) => html`<path key=${pair.join(" ")} class=${`call${near.value !== null && isNear(pair) ? " call-near" : ""}${isNear(pair) ? "" : " call-far"}`} d=${arrow(places.get(pair[0]), places.get(pair[1]), breadth)} />`)}
    ${services.map((service) => {
      const { x, y } = places.get(service.name);
      const look = isSuspected(service) ? " place-suspected" : service.affected ? " place-affected" : "";
      return html`<g key=${service.name} class=${`place${look}`} transform=${`translate(${x} ${y})`} onPointerEnter=${() => (near.value = service.name)} onPointerLeave=${() => (near.value = null)}>
        <title>${plain(service.name)}${service.suspicion !== null ? `, suspected (${service.suspicion.toFixed(2)})` : ""}</title>
        <rect width=${breadth} height=${BOX} rx="7" />
        ${service.affected && html`<circle cx="11" cy=${BOX / 2} r="3" />`}
        <text x=${service.affected ? 20 : 10} y=${BOX / 2 + 4}>${cut(plain(service.name), breadth - (service.affected ? 26 : 18))}</text>
      </g>`;
    })}
  </svg>`;
}

/** From the caller's right side to the callee's left; a call backwards goes round below. */
function arrow(from, to, breadth) {
  const [x1, y1, x2, y2] = [from.x + breadth, from.y + BOX / 2, to.x, to.y + BOX / 2];
  const head = `M${x2 - 5} ${y2 - 3.5}L${x2} ${y2}L${x2 - 5} ${y2 + 3.5}`;
  if (x2 > x1) return `M${x1} ${y1}C${x1 + GAP / 2} ${y1} ${x2 - GAP / 2} ${y2} ${x2} ${y2}${head}`;
  const low = Math.max(y1, y2) + BOX;
  return `M${x1} ${y1}C${x1 + GAP} ${low} ${x2 - GAP} ${low} ${x2} ${y2}${head}`;
}

function cut(name, room) {
  const letters = Math.floor(room / LETTER);
  return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
}

function List({ services, calls }) {
  const told = ({ name, affected, suspicion }) => {
    const callees = calls.filter(([caller]) => caller === name).map(([, callee]) => callee);
    const marks = [affected && "affected", suspicion !== null && `suspected, ${suspicion.toFixed(2)}`].filter(Boolean);
    return `${name}${marks.length ? ` (${marks.join("; ")})` : ""} calls ${callees.length ? callees.join(", ") : "nothing that is known"}`;
  };
  return html`<details class="figures-fold">
    <summary>As a list</summary>
    <ul class="calls-list">${services.map((service) => html`<li key=${service.name}><bdi>${plain(told(service))}</bdi></li>`)}</ul>
  </details>`;
}
