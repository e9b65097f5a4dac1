const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
const MAX_ASCII = 0x7f;

/**
 * Returns the 32-bit FNV-1a hash of a text's UTF-8 bytes, as an unsigned integer ("The FNV Non-Cryptographic Hash
 * Algorithm", RFC 9923).
 */
export function hashText(text: string): number {
  let hash = OFFSET_BASIS;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > MAX_ASCII) return hashBytes(new TextEncoder().encode(text));
    // In UTF-8, an ASCII character is one byte with the same value. So most texts need not be encoded.
    hash = Math.imul(hash ^ unit, PRIME);
  }
  return hash >>> 0;
}

/** Returns the 32-bit FNV-1a hash of bytes, as an unsigned integer. */
export function hashBytes(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, PRIME), OFFSET_BASIS) >>> 0;
}
