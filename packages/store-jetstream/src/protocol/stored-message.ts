/** A message as the stream keeps it. */
export interface StoredMessage {
  /** Its place in the stream. */
  readonly sequence: number;
  readonly data: Uint8Array;
  /** The value of a header, or `undefined`. */
  header(name: string): string | undefined;
}

/** A message as `STREAM.MSG.GET` gives it, headers and data in base64. */
export interface MessageJson {
  readonly seq: number;
  readonly data?: string;
  readonly hdrs?: string;
}

/** Reads what `STREAM.MSG.GET` answers. */
export function messageFromJson({ seq, data, hdrs }: MessageJson): StoredMessage {
  let headers: ReadonlyMap<string, string> | undefined;
  return {
    sequence: seq,
    data: data === undefined ? new Uint8Array() : bytesFromBase64(data),
    header(name) {
      headers ??= hdrs === undefined ? new Map() : parseHeaders(bytesFromBase64(hdrs));
      return headers.get(name.toLowerCase());
    },
  };
}

const utf8 = new TextDecoder();

function parseHeaders(block: Uint8Array): ReadonlyMap<string, string> {
  const [, ...lines] = utf8.decode(block).split("\r\n");
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(":");
      return colon < 1 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
}

function bytesFromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
