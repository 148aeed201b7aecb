/**
 * The series of a metric query as a picture: when the alert began, what is usual, what departed from it since.
 *
 * A slider stands for the moment that is read out, so that a keyboard and a screen reader read the plot too; the figures
 * are in a table besides.
 */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { plain } from "../lib/plain.js";
import { clockTime } from "../lib/time.js";
import { useWatched } from "../parts/watching.js";
import * as plotted from "./lib/plot.js";

const HEIGHT = 190;
const MARGIN = { top: 18, right: 10, bottom: 22, left: 46 };
const COLOURS = 6;
const NAMED = 8;
const READ_OUT = 4;

/** The plot of a citation; it takes the same room while it is read. */
export function Plot({ citation }) {
  const watched = useWatched();
  const found = useSignal(null);
  const problem = useSignal("");
  const read = () => {
    problem.value = "";
    watched.series(citation.id).then(
      (series) => (found.value = series),
      (refused) => (problem.value = refused.message),
    );
  };
  useEffect(read, [citation.id]);
  if (problem.value) {
    return html`<p class="problem plot-room">
      ${problem.value} <button type="button" class="link" onClick=${read}>Try again</button>
    </p>`;
  }
  if (!found.value) return html`<div class="plot plot-room" aria-hidden="true" />`;
  const series = found.value.series.filter(({ points }) => points.length > 0);
  if (series.length === 0) return null;
  const anchor = Date.parse(watched.incident.peek().startedAt) / 1000;
  const isOneMoment = series.every(({ points }) => points.length < 2);
  const part = isOneMoment ? Figures : Picture;
  return html`<${part} told=${found.value} series=${series} anchor=${anchor} label=${`citation ${citation.key}`} />`;
}

function Picture({ told, series, anchor, label }) {
  const chosen = useSignal(0);
  const at = useSignal(null);
  const width = useSignal(0);
  const figure = useRef(null);
  useLayoutEffect(() => {
    const sized = new ResizeObserver(([{ contentRect }]) => (width.value = Math.round(contentRect.width)));
    sized.observe(figure.current);
    width.value = Math.round(figure.current.getBoundingClientRect().width);
    return () => sized.disconnect();
  }, []);
  const names = useMemo(() => plotted.shortNames(series).map(plain), [series]);
  const isBytes = /bytes/i.test(told.query) || series.some(({ labels }) => /bytes/i.test(labels.__name__ ?? ""));
  const text = (value) => plotted.valueText(value, isBytes);
  const view = { series, names, anchor, chosen, at, text, width: width.value };
  return html`<figure class="plot" ref=${figure}>
    <${ReadOut} ...${view} />
    ${width.value > 0 ? html`<${Canvas} ...${view} label=${label} />` : html`<div class="plot-canvas" />`}
    <${Legend} ...${view} left=${told.found - series.length} />
    <${Figures} told=${told} series=${series} anchor=${anchor} label=${label} isFolded />
  </figure>`;
}

/** What the series are at the moment under the pointer, or what they were last. */
function ReadOut({ series, names, chosen, at, text }) {
  const shown = [chosen.value, ...series.keys()].filter((one, index, all) => all.indexOf(one) === index).slice(0, READ_OUT);
  const moment = at.value ?? Math.max(...series.map(({ points }) => points.at(-1)[0]));
  return html`<p class="plot-read">
    <span class="clock">${clockTime(moment * 1000)}</span>
    ${shown.map((one) => {
      const value = text(plotted.valueAt(series[one].points, moment));
      return html`<span class="plot-value" key=${one}><i class=${`swatch line-${one % COLOURS}`} /><bdi>${names[one]}</bdi> <b>${value}</b></span>`;
    })}
  </p>`;
}

function Canvas({ series, names, anchor, chosen, at, text, width, label }) {
  const moments = useMemo(() => plotted.moments(series), [series]);
  const domains = useMemo(() => plotted.domains(series), [series]);
  const right = width - MARGIN.right;
  const floor = HEIGHT - MARGIN.bottom;
  const x = plotted.scale(domains.times, [MARGIN.left, right]);
  const y = plotted.scale(domains.values, [floor, MARGIN.top]);
  const move = (pointer) => {
    const left = pointer.currentTarget.getBoundingClientRect().left;
    const seconds = plotted.scale([MARGIN.left, right], domains.times)(pointer.clientX - left);
    at.value = moments[plotted.nearest(moments, seconds)];
  };
  const spoken = (moment) => {
    const value = text(plotted.valueAt(series[chosen.value].points, moment));
    return `${clockTime(moment * 1000)}: ${names[chosen.value]} ${value}`;
  };
  const now = at.value ?? moments.at(-1);
  return html`<div
    class="plot-canvas" role="slider" tabindex="0" aria-label=${`Plot of ${label}: the moment that is read out`}
    aria-valuemin="0" aria-valuemax=${moments.length - 1} aria-valuenow=${plotted.nearest(moments, now)}
    aria-valuetext=${spoken(now)} onPointerMove=${move} onPointerLeave=${() => (at.value = null)}
    onPointerDown=${move} onKeyDown=${(key) => step(key, moments, at)} onBlur=${() => (at.value = null)}
  >
    <svg viewBox=${`0 0 ${width} ${HEIGHT}`} width=${width} height=${HEIGHT} aria-hidden="true">
      <${Axes} domains=${domains} x=${x} y=${y} right=${right} floor=${floor} text=${text} />
      <${Lines} series=${series} chosen=${chosen} anchor=${anchor} x=${x} y=${y} domains=${domains} right=${right} />
      <${Began} anchor=${anchor} domains=${domains} x=${x} floor=${floor} />
      <${Cursor} at=${at} series=${series} chosen=${chosen} x=${x} y=${y} floor=${floor} />
    </svg>
  </div>`;
}

function step(key, moments, at) {
  const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity }[key.key];
  if (by === undefined) return;
  key.preventDefault();
  const from = at.value === null ? moments.length - 1 : plotted.nearest(moments, at.value);
  at.value = moments[Math.max(0, Math.min(moments.length - 1, from + by))];
}

function Axes({ domains, x, y, right, floor, text }) {
  const zone = -new Date(domains.times[0] * 1000).getTimezoneOffset() * 60;
  const times = plotted.timeTicks(...domains.times, Math.max(2, Math.floor(right / 110)), zone);
  return html`<g class="plot-axes">
    ${plotted.ticks(...domains.values, 4).map((value) => {
      const at = y(value);
      return html`<g key=${value}><line x1=${MARGIN.left} x2=${right} y1=${at} y2=${at} /><text x=${MARGIN.left - 6} y=${at + 3.5} text-anchor="end">${text(value)}</text></g>`;
    })}
    ${times.map((moment) => {
      const at = Math.min(Math.max(x(moment), MARGIN.left + 12), right - 16);
      return html`<text key=${moment} x=${at} y=${floor + 15} text-anchor="middle">${clockTime(moment * 1000).slice(0, 5)}</text>`;
    })}
  </g>`;
}

/** The chosen series last, above the others, with the band of what is usual and what departed from it. */
function Lines({ series, chosen, anchor, x, y, domains, right }) {
  const main = chosen.value;
  const band = plotted.usual(series[main].points, anchor);
  const others = useMemo(() => {
    return series.map(({ points }, one) => html`<path key=${one} class=${`plot-line line-${one % COLOURS}`} d=${plotted.linePath(points, x, y)} />`);
  }, [series, right]);
  const top = band && y(Math.min(band.high, domains.values[1]));
  return html`<g>
    ${band && html`<rect class="plot-usual" x=${MARGIN.left} width=${right - MARGIN.left} y=${top} height=${Math.max(1, y(Math.max(band.low, domains.values[0])) - top)} />`}
    <path class="plot-departure" d=${plotted.departurePath(series[main].points, band, anchor, x, y)} />
    <g class=${series.length > 1 ? "plot-others" : ""}>${others}</g>
    <path class=${`plot-line plot-main line-${main % COLOURS}`} d=${plotted.linePath(series[main].points, x, y)} />
  </g>`;
}

function Began({ anchor, domains, x, floor }) {
  if (anchor < domains.times[0] || anchor > domains.times[1]) return null;
  const at = x(anchor);
  const isLate = anchor > (domains.times[0] + domains.times[1]) / 2;
  return html`<g class="plot-began">
    <line x1=${at} x2=${at} y1=${MARGIN.top - 6} y2=${floor} />
    <text x=${at + (isLate ? -6 : 6)} y=${MARGIN.top - 6} text-anchor=${isLate ? "end" : "start"}>alert began ${clockTime(anchor * 1000).slice(0, 5)}</text>
  </g>`;
}

function Cursor({ at, series, chosen, x, y, floor }) {
  const dot = useComputed(() => at.value !== null && plotted.valueAt(series[chosen.value].points, at.value)).value;
  if (at.value === null) return null;
  return html`<g class=${`plot-cursor line-${chosen.value % COLOURS}`}>
    <line x1=${x(at.value)} x2=${x(at.value)} y1=${MARGIN.top} y2=${floor} />
    ${dot !== null && html`<circle cx=${x(at.value)} cy=${y(dot)} r="3.5" />`}
  </g>`;
}

/** Which series is shaded and read out first. */
function Legend({ names, chosen, left }) {
  const isWhole = useSignal(false);
  if (names.length === 1) return null;
  const shown = isWhole.value ? names : names.slice(0, NAMED);
  return html`<div class="plot-legend" role="group" aria-label="Which series">
    ${shown.map((name, one) => html`<button
      type="button" key=${one} class="plot-name" aria-pressed=${chosen.value === one} onClick=${() => (chosen.value = one)}
    ><i class=${`swatch line-${one % COLOURS}`} /><bdi>${name}</bdi></button>`)}
    ${names.length > shown.length && html`<button type="button" class="link" onClick=${() => (isWhole.value = true)}>${names.length - shown.length} more</button>`}
    ${left > 0 && html`<span class="hint">${left} that changed less are not drawn</span>`}
  </div>`;
}

const COLUMNS = [["before", "Before"], ["since", "Since"], ["least", "Min"], ["most", "Max"], ["last", "Last"]];

/** The same as figures: medians before and since the alert, and how far each went. */
function Figures({ told, series, anchor, label, isFolded = false }) {
  const isOpen = useSignal(!isFolded);
  const isBytes = /bytes/i.test(told.query);
  const names = plotted.shortNames(series).map(plain);
  const isOneMoment = series.every(({ points }) => points.length < 2);
  const columns = isOneMoment ? [["last", "Value"]] : COLUMNS;
  const table = () => html`<div class="figures-box" tabindex="0" role="group" aria-label=${`Figures of ${label}`}>
    <table class="figures">
      <thead><tr><th scope="col">Series</th>${columns.map(([name, title]) => html`<th scope="col" key=${name}>${title}</th>`)}</tr></thead>
      <tbody>
        ${series.map(({ points }, one) => {
          const figures = plotted.figures(points, anchor);
          return html`<tr key=${one}><th scope="row"><bdi>${names[one]}</bdi></th>${columns.map(([name]) => html`<td key=${name}>${plotted.valueText(figures[name], isBytes)}</td>`)}</tr>`;
        })}
      </tbody>
    </table>
  </div>`;
  if (!isFolded) return table();
  return html`<details class="figures-fold" onToggle=${(toggle) => (isOpen.value = toggle.currentTarget.open)}>
    <summary>As a table</summary>
    ${isOpen.value && table()}
  </details>`;
}
