const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;
const rfc3339 = new RegExp(
  String.raw`^(\d{4})-(\d{2})-(\d{2})[Tt]${time}:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-]${time})$`,
);

/** Fast path: the usual form of a timestamp, on a day that exists in every month (1 to 28). */
const common = new RegExp(
  String.raw`^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T${time}:[0-5]\d(?:\.\d+)?(?:Z|[+-]${time})$`,
);

const longMonths: ReadonlySet<number> = new Set([1, 3, 5, 7, 8, 10, 12]);

/**
 * Returns true if a string is a date-time as defined in RFC 3339, section 5.6, and its day exists.
 *
 * @example
 * ```ts
 * isTimestamp("2026-02-28T12:00:00Z"); // true
 * isTimestamp("2026-02-30T12:00:00Z"); // false: this day does not exist
 * ```
 */
export function isTimestamp(text: string): boolean {
  if (common.test(text)) return true;
  const match = rfc3339.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return longMonths.has(month) ? 31 : 30;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
