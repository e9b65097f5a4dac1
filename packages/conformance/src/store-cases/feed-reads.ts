import type { Event, FeedEventStore, FeedOptions, FeedPage, Position, ReplayError, StoredEvent } from "@aether/core";
import { check, checkFrozen } from "../checks/check.ts";
import { collect } from "../samples/events.ts";
import { checkPositionsAscend } from "./check-positions.ts";

/** The pages of one read of the feed. */
export interface FeedRead {
  readonly pages: readonly FeedPage[];
  readonly stored: readonly StoredEvent[];
  readonly events: readonly Event[];
  readonly errors: readonly ReplayError[];
  /** The position of the last page. */
  readonly position: Position | undefined;
}

/** Combines pages, in the order in which they were read. */
export function combined(pages: readonly FeedPage[]): FeedRead {
  const stored = pages.flatMap((page) => page.events);
  return {
    pages,
    stored,
    events: stored.map(({ event }) => event),
    errors: pages.flatMap((page) => page.errors),
    position: pages.at(-1)?.position,
  };
}

/** Reads the feed to its end. Checks what the contract promises of all pages: see {@link checkPages}. */
export async function readFeed(store: FeedEventStore, given: unknown, options?: FeedOptions): Promise<FeedRead> {
  const pages = await collect(store.readFeed(options === undefined ? undefined : { ...options }));
  const read = { given, options };
  checkPages(read, pages, options?.after);
  check("a read without follow yields at least one page, and its last page is caught up", {
    given: read,
    expected: true,
    actual: pages.at(-1)?.isCaughtUp,
  });
  return combined(pages);
}

/**
 * Checks consecutive pages of one read: their events are frozen and ascend by position. The position of a page is that
 * of its last event or a later one, and before the events of the next page.
 */
export function checkPages(given: unknown, pages: readonly FeedPage[], after?: Position): void {
  const { stored } = combined(pages);
  checkPositionsAscend(
    given,
    stored.map(({ position }) => position),
  );
  let last = after;
  for (const [index, { events, errors, position }] of pages.entries()) {
    const place = { read: given, page: index };
    for (const { event } of events) checkFrozen("events of the feed are deeply frozen", place, event);
    const positions = [...events, ...errors].map((each) => each.position).toSorted();
    check("each event of a page is after the position of the page before it, or after `after`", {
      given: { ...place, after: last },
      expected: [],
      actual: positions.filter((each) => last !== undefined && each <= last),
    });
    const lowest = positions.at(-1) ?? last;
    check("the position of a page is that of its last event or a later one, and never descends", {
      given: { ...place, position, lowest },
      expected: true,
      actual: lowest === undefined || (position !== undefined && position >= lowest),
    });
    last = position;
  }
}

/** Follows a feed in the background. */
export class FeedFollower {
  readonly #store: FeedEventStore;
  readonly #options: FeedOptions;
  readonly #abort = new AbortController();
  readonly #pages: FeedPage[] = [];
  #whenChanged: (() => void)[] = [];
  #outcome: { readonly error?: unknown } | undefined;
  readonly #done: Promise<void>;

  /** Starts to read at once. */
  constructor(store: FeedEventStore, options: FeedOptions = {}) {
    this.#store = store;
    this.#options = options;
    this.#done = this.#run();
  }

  get read(): FeedRead {
    return combined(this.#pages);
  }

  /** Resolves when the condition is true of the pages so far. Throws the error of the loop if it has ended. */
  async until(condition: (read: FeedRead) => boolean): Promise<FeedRead> {
    while (!condition(this.read)) {
      if (this.#outcome !== undefined) {
        if (this.#outcome.error !== undefined) throw this.#outcome.error;
        check("a read with follow does not end by itself", {
          given: this.#options,
          expected: "follows",
          actual: "ended",
        });
      }
      await new Promise<void>((resolve) => this.#whenChanged.push(resolve));
    }
    return this.read;
  }

  /** Resolves when a page has the position, or a later one. */
  async reached(position: Position): Promise<FeedRead> {
    return this.until((read) => read.position !== undefined && read.position >= position);
  }

  /** Ends the read, and checks its pages. */
  async stop(given: unknown): Promise<FeedRead> {
    this.#abort.abort(stopped);
    await this.#done;
    const error = this.#outcome?.error;
    if (error !== undefined && error !== stopped) throw error;
    checkPages({ given, options: this.#options }, this.#pages, this.#options.after);
    return this.read;
  }

  async #run(): Promise<void> {
    try {
      const feed = this.#store.readFeed({ ...this.#options, follow: true, signal: this.#abort.signal });
      for await (const page of feed) {
        this.#pages.push(page);
        this.#changed();
      }
      this.#outcome = {};
    } catch (error) {
      this.#outcome = { error };
    }
    this.#changed();
  }

  #changed(): void {
    for (const resolve of this.#whenChanged.splice(0)) resolve();
  }
}

const stopped = new Error("the case has stopped the read");
