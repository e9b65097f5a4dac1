const encoder = new TextEncoder();
const lenient = new TextDecoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A buffer of its own costs as much as encoding a kilobyte, so short texts share large ones. */
const POOL_BYTES = 65_536;
const MAX_POOLED_BYTES = 8_192;
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

let pool = new Uint8Array(POOL_BYTES);
let pooledBytes = 0;

export function encodeText(text: string): Uint8Array {
  const mostBytes = text.length * MAX_BYTES_PER_UNIT;
  if (mostBytes > MAX_POOLED_BYTES) return encoder.encode(text);
  if (pooledBytes + mostBytes > POOL_BYTES) {
    pool = new Uint8Array(POOL_BYTES);
    pooledBytes = 0;
  }
  const start = pooledBytes;
  pooledBytes += encoder.encodeInto(text, pool.subarray(start)).written;
  return pool.subarray(start, pooledBytes);
}

export function decodeText(bytes: Uint8Array): string {
  return lenient.decode(bytes);
}

/** @throws TypeError if the bytes are not UTF-8 */
export function decodeStrictly(bytes: Uint8Array): string {
  return strict.decode(bytes);
}
