/** How moments and stretches of time are written. Pure; times of day are in the reader's time zone. */

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** A stretch of time in its two largest units: `12 s`, `4 min`, `2 h 05 min`, `13 d 2 h`. */
export function duration(seconds) {
  const left = Math.max(0, Math.floor(seconds));
  const at = Math.max(0, UNITS.findIndex(([, length]) => left >= length));
  const [unit, length] = left === 0 ? ["s", 1] : UNITS[at];
  const amount = Math.floor(left / length);
  const next = UNITS[at + 1];
  const rest = next ? Math.floor((left - amount * length) / next[1]) : 0;
  if (unit === "s" || unit === "min" || rest === 0) return `${amount} ${unit}`;
  return `${amount} ${unit} ${unit === "h" ? String(rest).padStart(2, "0") : rest} ${next[0]}`;
}

/** How long ago `moment` (RFC 3339) was at `now` (milliseconds); `""` when it is no moment. */
export function age(moment, now) {
  const then = Date.parse(moment ?? "");
  return Number.isNaN(then) ? "" : duration((now - then) / 1000);
}

/** A time of day: `03:14:07`. */
export function clockTime(moment) {
  const then = new Date(moment ?? "");
  if (Number.isNaN(then.getTime())) return "";
  return [then.getHours(), then.getMinutes(), then.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** A full date and time for a tooltip, in the reader's zone and in UTC. */
export function fullTime(moment) {
  const then = new Date(moment ?? "");
  if (Number.isNaN(then.getTime())) return "";
  const here = then.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
  return `${here} (${then.toISOString().slice(0, 19).replace("T", " ")} UTC)`;
}
