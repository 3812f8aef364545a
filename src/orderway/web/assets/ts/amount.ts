// Sums of money without floats: a decimal text is a whole number of millionths.
const SCALE = 6;

/** Millionths of a decimal text such as "-1234.50"; null when it is no number. */
export function millionths(text: string): bigint | null {
  const match = /^([+-]?)(\d+)(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (!match) return null;
  const value = BigInt((match[2] ?? "0") + (match[3] ?? "").padEnd(SCALE, "0"));
  return match[1] === "-" ? -value : value;
}

/** The decimal text of an amount in millionths. */
export function decimalText(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`;
}

/** A sum in the page's language and the given ISO 4217 currency. */
export function money(value: bigint, currency: string): string {
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency });
  return format.format(decimalText(value) as unknown as number);
}
