/** Reason why a subscription ends, and the fate of the events in its buffer. */
export type Ending =
  /** `unsubscribe()` was called. Buffered events are dropped. */
  | { readonly type: "unsubscribed" }
  /** The signal was aborted. Buffered events are dropped, and a loop throws the signal's reason. */
  | { readonly type: "aborted"; readonly error: unknown }
  /** The bus was closed. Buffered events can still be consumed. */
  | { readonly type: "closed" }
  /** An error. Buffered events can still be consumed; then a loop throws the error, or the bus reports it. */
  | { readonly type: "failed"; readonly error: unknown };
