/** Bytes as the drivers return them. */
export type StoredBytes = Uint8Array | ArrayBuffer;

// Created on first use, because some environments define this class only after the import.
let decoder: TextDecoder | undefined;

export function bytesOf(stored: StoredBytes): Uint8Array {
  return stored instanceof Uint8Array ? stored : new Uint8Array(stored);
}

/** Returns the text of bytes, or `undefined` if they are not UTF-8. */
export function textOf(stored: StoredBytes): string | undefined {
  try {
    decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return decoder.decode(stored);
  } catch {
    return undefined;
  }
}
