/** Amounts of bytes, as people read them. Pure. */

const UNITS = ["B", "KB", "MB", "GB"];

/** `3.2 MB`: the largest unit that leaves at least one. */
export function size(bytes) {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[unit]}`;
}
