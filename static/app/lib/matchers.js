/** Matchers as people write them: `service=checkout-* severity!=info title="Disk full"`. Pure. */

const ONE = /^\s*([A-Za-z_][\w.:/-]*)\s*(!=|=)\s*(?:"([^"]*)"|([^\s,"]+))(?:[\s,]+|$)/;

/** `{ matchers }` as the server takes them, or `{ problem }`. */
export function parsedMatchers(text) {
  const matchers = [];
  let rest = text.trim();
  while (rest !== "") {
    const found = ONE.exec(rest);
    if (!found) return { problem: `“${rest.slice(0, 40)}” is not of the form label=value.` };
    const [whole, name, sign, quoted, bare] = found;
    matchers.push({ name, value: quoted ?? bare, isEqual: sign === "=" });
    rest = rest.slice(whole.length).trim();
  }
  return matchers.length > 0 ? { matchers } : { problem: "Say which alerts: service=checkout, for example." };
}

/** Matchers as they are written. */
export function writtenMatchers(matchers) {
  return matchers
    .map(({ name, value, isEqual }) => `${name}${isEqual ? "=" : "!="}${/^[^\s,"]+$/.test(value) ? value : `"${value}"`}`)
    .join(" ");
}
