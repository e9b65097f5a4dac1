/** How a subscription ends. */
export type Ending =
  /** By its owner: what waits is dropped. */
  | { readonly type: "unsubscribed" }
  /** By its signal: what waits is dropped, and a loop gets the reason. */
  | { readonly type: "aborted"; readonly error: unknown }
  /** With its bus: what waits can still be taken. */
  | { readonly type: "closed" }
  /** By an error: what waits can still be taken, then a loop gets the error, or the bus reports it. */
  | { readonly type: "failed"; readonly error: unknown };
