const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;
const rfc3339 = new RegExp(
  String.raw`^(\d{4})-(\d{2})-(\d{2})[Tt]${time}:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-]${time})$`,
);

/** Length of the form of `Date.toISOString`. */
const USUAL_LENGTH = 24;
const ZERO = 0x30;
const NOT_DIGITS = 100;

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
  if (isUsual(text)) return true;
  const match = rfc3339.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/**
 * Fast path, several times as fast as the expression: the form of `Date.toISOString`, on a day up to the 30th
 * that exists in this month of every year.
 */
function isUsual(text: string): boolean {
  if (text.length !== USUAL_LENGTH) return false;
  const month = pairAt(text, 5);
  const day = pairAt(text, 8);
  return (
    isAt(text, 4, "-") &&
    isAt(text, 7, "-") &&
    isAt(text, 10, "T") &&
    isAt(text, 13, ":") &&
    isAt(text, 16, ":") &&
    isAt(text, 19, ".") &&
    isAt(text, 23, "Z") &&
    pairAt(text, 0) < NOT_DIGITS &&
    pairAt(text, 2) < NOT_DIGITS &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    (day <= 28 || (day <= 30 && month !== 2)) &&
    pairAt(text, 11) <= 23 &&
    pairAt(text, 14) <= 59 &&
    pairAt(text, 17) <= 59 &&
    pairAt(text, 20) < NOT_DIGITS &&
    digitAt(text, 22) <= 9
  );
}

/** Reads two digits. Returns {@link NOT_DIGITS} if a character is not a digit. */
function pairAt(text: string, index: number): number {
  const tens = digitAt(text, index);
  const ones = digitAt(text, index + 1);
  return tens <= 9 && ones <= 9 ? 10 * tens + ones : NOT_DIGITS;
}

/** Reads a digit. Returns a number greater than 9 if the character is not a digit. */
function digitAt(text: string, index: number): number {
  return (text.charCodeAt(index) - ZERO) >>> 0; // as unsigned, a negative difference is a large number
}

function isAt(text: string, index: number, expected: string): boolean {
  return text.charCodeAt(index) === expected.charCodeAt(0);
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return longMonths.has(month) ? 31 : 30;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
