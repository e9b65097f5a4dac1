import type { FeedOptions, FeedPage, NewEvent, StoredEvent } from "@aether/core";
import type { JetStreamEventStore } from "../../src/index.ts";

export const event = (actorId: string, version: number, data: object = {}): NewEvent => ({
  actorId,
  version,
  eventType: "Tested",
  data,
});

/** Reads a feed to its end. */
export async function readAll(store: JetStreamEventStore, options: FeedOptions = {}) {
  const pages: FeedPage[] = [];
  for await (const page of store.readFeed(options)) pages.push(page);
  const events = pages.flatMap((page) => page.events);
  return {
    pages,
    events,
    names: events.map(nameOf),
    last: pages.at(-1),
    errors: pages.flatMap(({ errors }) => errors),
  };
}

/** `<actor>@<version>` of an event. */
export function nameOf({ event: { actorId, version } }: StoredEvent): string {
  return `${actorId}@${version}`;
}

/** Follows a feed in the background, and collects what it delivers. */
export class Follower {
  readonly pages: FeedPage[] = [];
  readonly done: Promise<void>;
  readonly #stop = new AbortController();
  #wake: (() => void)[] = [];
  #failure: unknown;

  constructor(store: JetStreamEventStore, options: FeedOptions = {}) {
    this.done = this.#run(store, { ...options, follow: true, signal: this.#stop.signal });
    this.done.catch(() => {});
  }

  get events(): readonly StoredEvent[] {
    return this.pages.flatMap(({ events }) => events);
  }

  get names(): readonly string[] {
    return this.events.map(nameOf);
  }

  /** Resolves once a condition holds after a page. */
  async until(condition: (follower: Follower) => boolean): Promise<void> {
    while (!condition(this)) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Resolves once this many events were delivered. */
  received(count: number): Promise<void> {
    return this.until(({ events }) => events.length >= count);
  }

  async stop(): Promise<void> {
    this.#stop.abort(STOPPED);
    await this.done.catch((error: unknown) => {
      if (error !== STOPPED) throw error;
    });
  }

  async #run(store: JetStreamEventStore, options: FeedOptions): Promise<void> {
    try {
      for await (const page of store.readFeed(options)) {
        this.pages.push(page);
        this.#notify();
      }
    } catch (error) {
      this.#failure = error;
      this.#notify();
      throw error;
    }
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

const STOPPED = new Error("the test has ended the read");
