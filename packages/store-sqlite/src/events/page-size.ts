import type { EventRow } from "./read-rows.ts";

/** Number of rows of the first page, and maximum number of rows of a page. A page with larger events has fewer rows. */
const FIRST_ROWS = 128;
const MOST_ROWS = 256;
/** Size of a page, in UTF-16 units, that following pages aim at. */
const PAGE_LENGTH = 1 << 20;

/** The number of rows that a read fetches at once. It adapts to the size of the rows, to bound the memory of a read. */
export class PageSize {
  #rows: number;

  /** @param limit - maximum number of rows that the read needs, unless some are malformed */
  constructor(limit: number = FIRST_ROWS) {
    this.#rows = Math.max(1, Math.min(limit, FIRST_ROWS));
  }

  get rows(): number {
    return this.#rows;
  }

  adapt(page: readonly EventRow[]): void {
    if (page.length === 0) return;
    let length = 0;
    for (const { record } of page) length += record.length;
    const wanted = Math.floor((PAGE_LENGTH * page.length) / Math.max(length, 1));
    this.#rows = Math.max(1, Math.min(wanted, MOST_ROWS, 4 * this.#rows));
  }
}
