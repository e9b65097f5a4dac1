/**
 * Common keys of event metadata, so that programs use the same spelling.
 *
 * @example
 * ```ts
 * const metadata = { [MetadataKeys.correlationId]: "request-7", [MetadataKeys.userId]: "ann" };
 * await store.saveEvent({ ...event, metadata });
 * ```
 */
export const MetadataKeys = {
  /** Id shared by all events that one request, command or commit caused. */
  correlationId: "correlationId",
  /** Id of the event or command that directly caused this event. */
  causationId: "causationId",
  /** Id of the command that the event belongs to. A command with the same id is a repeat of it. */
  commandId: "commandId",
  /** Id of the user who caused the event. */
  userId: "userId",
  /** Id of the distributed trace in which the event was written. */
  traceId: "traceId",
  /** Id of the span within that trace. */
  spanId: "spanId",
} as const;
