import type { FeedEventStore } from "@aether/core";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";

/**
 * Sends the position of the latest event, and then that of each later one, as server-sent events. The page loads itself
 * again at least at this position. After a lost connection, it begins with the latest position again, so nothing is
 * missed.
 */
export function live(c: Context, store: FeedEventStore, closing: AbortSignal): Response {
  return streamSSE(c, async (stream) => {
    const ended = new AbortController();
    stream.onAbort(() => ended.abort());
    const signal = AbortSignal.any([closing, ended.signal]);
    try {
      const after = await store.getLatestPosition({ signal });
      await stream.writeSSE({ data: after ?? "" });
      for await (const { events, position } of store.readFeed({ after, follow: true, signal }))
        if (events.length > 0) await stream.writeSSE({ data: position ?? "" });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  });
}
