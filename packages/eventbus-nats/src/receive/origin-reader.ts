import { decodeText, type NatsMessage } from "@aether/nats";
import { HEADER_END, HEADER_START, type Origin, originOf, parseOrigin } from "../wire.ts";

/**
 * Reads the origins of messages. If possible, it does so without the client's header object, because creating that
 * object takes longer than parsing the event. Successive messages mostly have the same publisher, so their headers
 * differ only in the number.
 */
export class OriginReader {
  /** The header block of the previous message, up to the number of that message. */
  #start: Uint8Array = new Uint8Array();
  #last: Origin | undefined;

  /** Returns the origin of a message, or `undefined` if the message is not from a bus. */
  read(message: NatsMessage): Origin | undefined {
    const block = blockOf(message);
    if (block === undefined) return originOf(message);
    const { bytes, length } = block;
    if (this.#last !== undefined && startsWith(bytes, this.#start)) {
      const sequence = numberAt(bytes, this.#start.length, length - HEADER_END.length);
      if (sequence > 0) return { busId: this.#last.busId, generation: this.#last.generation, sequence };
    }
    return this.#readBlock(message, bytes.subarray(0, length));
  }

  #readBlock(message: NatsMessage, block: Uint8Array): Origin | undefined {
    const text = decodeText(block);
    const value = text.slice(HEADER_START.length, -HEADER_END.length);
    const isOnlyHeader = text.startsWith(HEADER_START) && text.endsWith(HEADER_END) && !value.includes("\r");
    if (!isOnlyHeader) return originOf(message);
    this.#last = parseOrigin(value);
    // A copy, because the client's buffer is large.
    this.#start = new Uint8Array(block.subarray(0, text.lastIndexOf(" ") + 1));
    return this.#last;
  }
}

/**
 * Returns the header block as it arrived, if it is available. Both clients keep the block in properties that their
 * types do not declare.
 */
function blockOf(message: NatsMessage): { readonly bytes: Uint8Array; readonly length: number } | undefined {
  const { _rdata: bytes, _msg: parts } = message as {
    readonly _rdata?: unknown;
    readonly _msg?: { readonly hdr?: unknown };
  };
  const length = parts?.hdr;
  return bytes instanceof Uint8Array && typeof length === "number" && length > 0 ? { bytes, length } : undefined;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let at = 0; at < start.length; at++) if (bytes[at] !== start[at]) return false;
  return true;
}

/** Parses 1 to 15 decimal digits. Returns NaN for any other input. */
function numberAt(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to || to - from > 15) return Number.NaN;
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}
