import { InvalidEventError } from "@aether/core";

/** JavaScript represents every integer with fewer digits. */
const MIN_DIGITS = 16;
/**
 * Fast path: texts without a match contain no integer that JavaScript could change. Spelled out, the expression takes a
 * seventh of the time of `\d{16}`.
 */
const MANY_DIGITS = new RegExp(String.raw`\d`.repeat(MIN_DIGITS));
/** An integer with 16 or more digits, outside strings. Fractions and exponents do not match. */
const LONG_INTEGER = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * Parses the text of a stored or received record, like `JSON.parse`. Other programs can write integers that JavaScript
 * would silently change: 9007199254740993 would become 9007199254740992. A text with such an integer is rejected. As in
 * any JSON reader, fractions and numbers with an exponent are rounded to the nearest number.
 *
 * @throws `AETHER_INVALID_EVENT` if the text is not JSON, or contains an integer that JavaScript cannot represent
 *
 * @example
 * ```ts
 * const event = decodeEvent(parseJson(line));
 * ```
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InvalidEventError({ path: "", reason: "is not JSON", cause });
  }
  if (MANY_DIGITS.test(text)) checkIntegers(text);
  return value;
}

/** Checks the integers of a JSON text. Skips its strings, whose ends are found without a regular expression. */
function checkIntegers(text: string): void {
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    // Between most strings, there is only punctuation.
    if (end - at >= MIN_DIGITS) checkNumbers(text.slice(at, end));
    at = endOfString(text, end);
  }
}

/** Checks the integers in a part of a JSON text without strings. */
function checkNumbers(part: string): void {
  for (const [integer] of part.matchAll(LONG_INTEGER)) {
    if (isKept(integer)) continue;
    const reason = `contains the integer ${shortened(integer)}, which JavaScript cannot represent: use a string`;
    throw new InvalidEventError({ path: "", reason });
  }
}

/** Returns the index after the string that begins at a quotation mark. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end > 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Returns true if an integer is exact, or spelled as JavaScript spells the number that it becomes, such as 2 ** 60. */
function isKept(integer: string): boolean {
  const number = Number(integer);
  return String(number) === integer || (Number.isFinite(number) && BigInt(number) === BigInt(integer));
}

function shortened(integer: string): string {
  return integer.length > 50 ? `${integer.slice(0, 50)}...` : integer;
}
