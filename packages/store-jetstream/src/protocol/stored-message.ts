/** The sequence and the headers of a message of a stream. */
export interface MessageHead {
  /** Sequence of the message in the stream. */
  readonly sequence: number;
  /** The payload; `undefined` if it was not read. */
  readonly data?: Uint8Array | undefined;
  /** Returns the value of a header, or `undefined` if the header is missing. */
  header(name: string): string | undefined;
}

export interface StoredMessage extends MessageHead {
  readonly data: Uint8Array;
  /** Time when the message was stored, in milliseconds since 1970, on the clock of a server; `undefined` if unknown. */
  readonly storedMs?: number | undefined;
}

/** True if the payload of a message was read. */
export function hasPayload(message: MessageHead): message is StoredMessage {
  return message.data !== undefined;
}

/** A message in an answer to `STREAM.MSG.GET`. Headers and data are in base64. */
export interface MessageJson {
  readonly seq: number;
  readonly data?: string;
  readonly hdrs?: string;
  /** Time when the message was stored, in the format of RFC 3339. */
  readonly time?: string;
}

/** Reads a message from an answer to `STREAM.MSG.GET`. Headers and data are decoded on first use. */
export function messageFromJson({ seq, data, hdrs, time }: MessageJson): StoredMessage {
  let block: string | undefined;
  let bytes: Uint8Array | undefined;
  return {
    sequence: seq,
    get data() {
      bytes ??= data === undefined ? new Uint8Array() : bytesFromBase64(data);
      return bytes;
    },
    get storedMs() {
      return time === undefined ? undefined : Date.parse(time);
    },
    header(name) {
      block ??= hdrs === undefined ? "" : atob(hdrs);
      return headerIn(block, name);
    },
  };
}

/** Finds a header's value in a header block, which begins with `NATS/1.0` and ends with an empty line. */
function headerIn(block: string, name: string): string | undefined {
  const at = block.indexOf(`\r\n${name}:`);
  if (at < 0) return undefined;
  const start = at + name.length + 3;
  return block.slice(start, block.indexOf("\r\n", start)).trim();
}

function bytesFromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
