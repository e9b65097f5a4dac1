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

/** Reads what `STREAM.MSG.GET` answers; headers and data are decoded where they are asked for. */
export function messageFromJson({ seq, data, hdrs }: MessageJson): StoredMessage {
  let headers: ReadonlyMap<string, string> | undefined;
  let bytes: Uint8Array | undefined;
  return {
    sequence: seq,
    get data() {
      bytes ??= data === undefined ? new Uint8Array() : bytesFromBase64(data);
      return bytes;
    },
    header(name) {
      headers ??= hdrs === undefined ? new Map() : parseHeaders(atob(hdrs));
      return headers.get(name.toLowerCase());
    },
  };
}

/** The headers that the store reads are ASCII; others need not be right. */
function parseHeaders(block: string): ReadonlyMap<string, string> {
  const [, ...lines] = block.split("\r\n");
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
