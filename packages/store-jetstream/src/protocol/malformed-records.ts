import { InvalidEventError } from "@aether/core";

/** A malformed record: its index in the message, and the error that it caused. */
export interface MalformedRecord {
  readonly index: number;
  readonly cause: unknown;
}

/** Maximum number of malformed records of one message that are reported separately. */
const MAX_REPORTED = 100;

/**
 * The malformed records of one message. Another program may write a message with hundreds of thousands of them, and an
 * error for each would take seconds. So the errors of one message are limited.
 */
export class MalformedRecords {
  readonly #records: MalformedRecord[] = [];
  #omitted = 0;
  #firstOmitted = 0;
  #hasMisplaced = false;

  /** True if further malformed records are only counted. */
  get isFull(): boolean {
    return this.#records.length >= MAX_REPORTED;
  }

  /** @param isMisplaced - true if the record is an event, but of another actor or with a version that is taken */
  add(index: number, cause: unknown, isMisplaced: boolean): void {
    this.#hasMisplaced ||= isMisplaced;
    if (this.isFull) this.omit(index);
    else this.#records.push({ index, cause });
  }

  /** Counts a malformed record without an error of its own. */
  omit(index: number): void {
    if (this.#omitted++ === 0) this.#firstOmitted = index;
  }

  /**
   * Returns the records to report. A message in which no record is an event is reported as one malformed record.
   *
   * @param recordCount - number of records in the message
   * @param hasEvent - true if the message also contains events
   */
  summary(recordCount: number, hasEvent: boolean): readonly MalformedRecord[] {
    const [first] = this.#records;
    if (first !== undefined && recordCount > 1 && !hasEvent && !this.#hasMisplaced) {
      const reason = `is an array of ${recordCount} records, none of which is an event`;
      return [{ index: 0, cause: new InvalidEventError({ path: "", reason, cause: first.cause }) }];
    }
    if (this.#omitted === 0) return this.#records;
    const reason = `is the first of ${this.#omitted} further malformed records in the message`;
    return [...this.#records, { index: this.#firstOmitted, cause: new InvalidEventError({ path: "", reason }) }];
  }
}
