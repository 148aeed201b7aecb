/** Amounts as people read them. Pure. */

const WHOLE = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** US dollars: cents, and more digits where there would be nothing else to see. */
export function dollars(amount) {
  const digits = amount > 0 && amount < 0.01 ? 4 : 2;
  return `$${amount.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

export const whole = (number) => WHOLE.format(number);

/** `12.3K` for 12,345. */
export const short = (number) => SHORT.format(number);

/** What tokens cost; that nothing was counted where nobody knows the price is said, not shown as free. */
export const spent = (cost, tokens) => (cost === 0 && tokens > 0 ? "no known price" : dollars(cost));
