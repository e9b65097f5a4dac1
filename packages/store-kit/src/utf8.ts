// Created on first use, because some environments define these classes only after the import, such as tests with jsdom.
let decoder: TextDecoder | undefined;
let encoder: TextEncoder | undefined;

/** Returns a text as it is, and bytes as text. Throws if they are not UTF-8. */
export function textOf(json: Uint8Array | string): string {
  if (typeof json === "string") return json;
  decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return decoder.decode(json);
}

/** Returns bytes as they are, and a text as UTF-8. */
export function bytesOf(json: Uint8Array | string): Uint8Array {
  if (typeof json !== "string") return json;
  encoder ??= new TextEncoder();
  return encoder.encode(json);
}
