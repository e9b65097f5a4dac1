import { constants } from "node:buffer";

/**
 * Largest JSON text that the stores write, in bytes. SQLite could store more, but JavaScript could not read a text of
 * 512 MiB or more.
 */
export const MAX_JSON_BYTES: number = 256 * 1024 * 1024;

/** Sizes of longer JSON cannot be measured, because JavaScript has no longer text. */
const MAX_MEASURED_BYTES = constants.MAX_STRING_LENGTH;

/** Maximum number of bytes of a UTF-16 unit in UTF-8. */
const BYTES_PER_UNIT = 3;

/** Returns the JSON of a value, or the size of the JSON if it is too large: at most `MAX_MEASURED_BYTES`. */
export function jsonOf(value: object): string | { readonly sizeBytes: number } {
  let json: string;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return { sizeBytes: MAX_MEASURED_BYTES };
    throw error;
  }
  if (json.length * BYTES_PER_UNIT <= MAX_JSON_BYTES) return json;
  const sizeBytes = Buffer.byteLength(json);
  return sizeBytes <= MAX_JSON_BYTES ? json : { sizeBytes };
}
