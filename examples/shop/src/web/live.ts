import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Shop } from "../shop.ts";

/** Sends the latest position, and then that of each new event, as server-sent events, once all views include it. */
export function live(c: Context, { store, views }: Shop, closing: AbortSignal): Response {
  const signal = AbortSignal.any([closing, c.req.raw.signal]);
  return streamSSE(c, async (stream) => {
    try {
      const after = await store.getLatestPosition({ signal });
      for await (const { position } of store.readFeed({ after, follow: true, signal })) {
        await Promise.all(views.map((view) => view.drain({ signal })));
        await stream.writeSSE({ data: position ?? "" });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  });
}
