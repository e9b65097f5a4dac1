/**
 * Largest JSON text that the stores write, in bytes. SQLite could store more, but JavaScript could not read a text of
 * 512 MiB or more.
 */
export const MAX_JSON_BYTES: number = 256 * 1024 * 1024;

/** Length of the longest text in V8, in UTF-16 units. The size of longer JSON cannot be measured. */
const LONGEST_TEXT = 2 ** 29 - 24;

/** Maximum number of bytes of a UTF-16 unit in UTF-8. */
const BYTES_PER_UNIT = 3;

/** Returns the JSON of a value, or the size of the JSON if it is too large: at most `LONGEST_TEXT`. */
export function jsonOf(value: object): string | { readonly sizeBytes: number } {
  let json: string;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return { sizeBytes: LONGEST_TEXT };
    throw error;
  }
  if (json.length * BYTES_PER_UNIT <= MAX_JSON_BYTES) return json;
  const sizeBytes = Buffer.byteLength(json);
  return sizeBytes <= MAX_JSON_BYTES ? json : { sizeBytes };
}
