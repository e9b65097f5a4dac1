import type { Position } from "@aether/core";
import { formatPosition, type PositionParts, parsePosition, recordStamp } from "@aether/store-kit";
import { parseRecords, stampOf } from "./records.ts";

/** Makes the positions of one stream. A stream that is deleted and created again has other positions. */
export class Positions {
  /** Identifier of the stream: its creation time in milliseconds, in base 36. */
  readonly incarnation: string;

  /** @param created - creation time of the stream, in the format of RFC 3339 */
  constructor(created: string) {
    this.incarnation = Date.parse(created).toString(36);
  }

  /**
   * @param sequence - stream sequence of the message
   * @param index - index of the record in the message
   * @param stamp - stamp of the message: of its first event's id, or of its bytes if it is malformed
   */
  at(sequence: number, index: number, stamp: string): Position {
    return formatPosition({ sequence, index, incarnation: this.incarnation, stamp });
  }

  /** The position of the last record of a message, or a position without a record if there is no message. */
  lastOf(sequence: number, data: Uint8Array | undefined): Position {
    if (data === undefined) return this.at(sequence, 0, recordStamp(undefined));
    const records = parseRecords(data);
    return this.at(sequence, records.length - 1, stampOf(records, data));
  }

  /** The index in a position that was made for this stream. */
  indexOf(position: Position): number {
    return parsePosition(position, "position").index;
  }

  /** True if a position was made for this stream, not for an earlier one with the same name. */
  isOwn({ incarnation }: PositionParts): boolean {
    return incarnation === this.incarnation;
  }
}
