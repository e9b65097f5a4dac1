/** Reason why a subscription ends. It also decides whether the events in the buffer are dropped. */
export type Ending =
  /** `unsubscribe()` was called. Buffered events are dropped. */
  | { readonly type: "unsubscribed" }
  /** The signal was aborted. Buffered events are dropped, and a `for await` loop throws the signal's reason. */
  | { readonly type: "aborted"; readonly error: unknown }
  /** The bus was closed. Buffered events can still be consumed. */
  | { readonly type: "closed" }
  /**
   * An error occurred. Buffered events can still be consumed. Then a `for await` loop throws the error. If the
   * subscription has a handler, the bus reports the error instead.
   */
  | { readonly type: "failed"; readonly error: unknown };
