/**
 * The keys that event metadata usually has, so that programs agree on their spelling.
 *
 * @example
 * ```ts
 * const metadata = { [MetadataKeys.correlationId]: "request-7", [MetadataKeys.userId]: "ann" };
 * await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: { item: "lamp" }, metadata });
 * ```
 */
export const MetadataKeys = {
  /** Groups everything that one request, command or commit brought about. */
  correlationId: "correlationId",
  /** The id of the event or command that directly led to this event. */
  causationId: "causationId",
  /** Who did it. */
  userId: "userId",
  /** The distributed trace that the event was written in. */
  traceId: "traceId",
  /** The span of that trace. */
  spanId: "spanId",
} as const;
