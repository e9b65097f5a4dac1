const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Returns a text as it is, and bytes as text. Throws if they are not UTF-8. */
export function textOf(json: Uint8Array | string): string {
  return typeof json === "string" ? json : decoder.decode(json);
}
