import type { Position } from "@aether/core";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Shop } from "../shop.ts";

/**
 * Sends the position of the latest event, and then that of each later one, as server-sent events, as soon as all views
 * include it. A client that connects again gets the latest position first, so it misses nothing.
 */
export function live(c: Context, { store, views }: Shop, closing: AbortSignal): Response {
  return streamSSE(c, async (stream) => {
    const signal = AbortSignal.any([closing, c.req.raw.signal]);
    const send = async (position: Position | undefined): Promise<void> => {
      if (position !== undefined) await Promise.all(views.map((view) => view.waitFor(position, { signal })));
      await stream.writeSSE({ data: position ?? "" });
    };
    try {
      const after = await store.getLatestPosition({ signal });
      await send(after);
      for await (const { events, position } of store.readFeed({ after, follow: true, signal }))
        if (events.length > 0) await send(position);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  });
}
