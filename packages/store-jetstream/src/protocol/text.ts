const encoder = new TextEncoder();
const lenient = new TextDecoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

export function decodeText(bytes: Uint8Array): string {
  return lenient.decode(bytes);
}

/** @throws TypeError if the bytes are not UTF-8 */
export function decodeStrictly(bytes: Uint8Array): string {
  return strict.decode(bytes);
}
