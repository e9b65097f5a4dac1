import type { FeedEventStore, FeedOptions } from "@aether/core";

/** Reads the feed to its end. Returns the number of events. */
export async function readAll(store: FeedEventStore, options?: FeedOptions): Promise<number> {
  let events = 0;
  for await (const page of store.readFeed(options)) events += page.events.length;
  return events;
}
