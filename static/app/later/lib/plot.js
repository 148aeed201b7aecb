/**
 * The arithmetic of a plot of time series: scales, ticks, lines, what departs from the usual. Pure.
 *
 * Points are `[seconds since 1970, value]`, in the order of time.
 */

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800];
const GAP = 2.5;
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
const LARGE = ["", "k", "M", "G", "T", "P"];

/** A function from a domain to a range, both `[from, to]`. */
export function scale([from, to], [start, end]) {
  const ratio = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * ratio;
}

/** About `count` round numbers within `[low, high]`. */
export function ticks(low, high, count) {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

/** About `count` round moments within `[low, high]`, seconds; round in the reader's time zone (`zone`: seconds from UTC). */
export function timeTicks(low, high, count, zone = 0) {
  const step = STEPS_S.find((one) => one >= (high - low) / count) ?? STEPS_S.at(-1);
  const first = Math.ceil((low + zone) / step);
  const last = Math.floor((high + zone) / step);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step - zone);
}

/** The domains of several series: `{ times, values }`; values begin at 0 where that costs little. */
export function domains(series) {
  const points = series.flatMap((one) => one.points);
  const times = extent(points.map(([at]) => at));
  let [low, high] = extent(points.map(([, value]) => value));
  if (low > 0 && low < (high - low) * 2) low = 0;
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1];
  return { times: times[0] === times[1] ? [times[0] - 30, times[1] + 30] : times, values: [low, high + (high - low) * 0.06] };
}

function extent(numbers) {
  return numbers.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, -Infinity]);
}

/** The line of a series as an SVG path; it breaks where samples are missing. */
export function linePath(points, x, y) {
  const usual = usualStep(points);
  return points
    .map(([at, value], index) => {
      const isBroken = index === 0 || at - points[index - 1][0] > usual * GAP;
      return `${isBroken ? "M" : "L"}${round(x(at))} ${round(y(value))}`;
    })
    .join("");
}

function usualStep(points) {
  const steps = points.slice(1).map(([at], index) => at - points[index][0]).sort((one, other) => one - other);
  return steps[Math.floor(steps.length / 2)] ?? Infinity;
}

/** What is usual before `anchor`: `{ low, middle, high }`, the middle nine tenths; null when too little is known. */
export function usual(points, anchor) {
  const before = points.filter(([at]) => at < anchor).map(([, value]) => value).sort((one, other) => one - other);
  if (before.length < 3) return null;
  const at = (share) => before[Math.min(before.length - 1, Math.floor(share * before.length))];
  return { low: at(0.05), middle: at(0.5), high: at(0.95) };
}

/** The area between a series and what was usual, from `anchor` on, as an SVG path; `""` when it never leaves it. */
export function departurePath(points, band, anchor, x, y) {
  const since = points.filter(([at]) => at >= anchor);
  if (!band || since.length < 2) return "";
  const within = (value) => Math.min(band.high, Math.max(band.low, value));
  if (since.every(([, value]) => within(value) === value)) return "";
  const there = since.map(([at, value]) => `${round(x(at))} ${round(y(value))}`);
  const back = since.map(([at, value]) => `${round(x(at))} ${round(y(within(value)))}`).reverse();
  return `M${there.join("L")}L${back.join("L")}Z`;
}

/** Every moment of several series once, in order: where a read-out can stand. */
export function moments(series) {
  return [...new Set(series.flatMap((one) => one.points.map(([at]) => at)))].sort((one, other) => one - other);
}

/** The index of the number that is nearest to `wanted`, in a sorted list. */
export function nearest(numbers, wanted) {
  let low = 0;
  let high = numbers.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= wanted) low = middle;
    else high = middle;
  }
  return wanted - numbers[low] <= numbers[high] - wanted ? low : high;
}

/** What a series was at a moment, or null when it has no sample near it. */
export function valueAt(points, at) {
  if (points.length === 0) return null;
  const times = points.map(([time]) => time);
  const index = nearest(times, at);
  return Math.abs(times[index] - at) <= usualStep(points) * GAP ? points[index][1] : null;
}

/** The figures of a series for a table: medians before and since the alert, least, most, last. */
export function figures(points, anchor) {
  const values = points.map(([, value]) => value);
  const half = (isThen) => median(points.filter(([at]) => isThen(at)).map(([, value]) => value));
  return {
    before: half((at) => at < anchor),
    since: half((at) => at >= anchor),
    least: values.length ? Math.min(...values) : null,
    most: values.length ? Math.max(...values) : null,
    last: values.at(-1) ?? null,
  };
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** A value as people read it: `1.25k`, `340Mi` where it counts bytes, `–` for none. */
export function valueText(value, isBytes = false) {
  if (value === null) return "–";
  const [base, units] = isBytes ? [1024, BINARY] : [1000, LARGE];
  let amount = value;
  let unit = 0;
  while (Math.abs(amount) >= base && unit < units.length - 1) {
    amount /= base;
    unit += 1;
  }
  const digits = Math.abs(amount) >= 100 ? 0 : Math.abs(amount) >= 10 ? 1 : Math.abs(amount) >= 0.01 || amount === 0 ? 2 : 0;
  const text = digits === 0 && Math.abs(amount) < 1 && amount !== 0 ? amount.toPrecision(2) : amount.toFixed(digits);
  return `${text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text}${units[unit]}`;
}

/** Names of series, without what all of them share; the metric's name first. */
export function shortNames(series) {
  const shared = ([name, value]) => series.length > 1 && series.every(({ labels }) => labels[name] === value);
  return series.map(({ labels }, at) => {
    const told = Object.entries(labels).filter((entry) => !shared(entry));
    const { __name__: metric } = Object.fromEntries(told);
    const rest = told.filter(([name]) => name !== "__name__").map(([name, value]) => (told.length === 1 ? value : `${name} ${value}`));
    return [metric, ...rest].filter(Boolean).join(", ") || labels.__name__ || `series ${at + 1}`;
  });
}

const round = (number) => Math.round(number * 10) / 10;
