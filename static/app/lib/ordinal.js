/** A place in a line: `1st`, `2nd`, `11th`, `23rd`. */
export function ordinal(place) {
  const isTeen = Math.floor(place / 10) % 10 === 1;
  return `${place}${isTeen ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th")}`;
}
