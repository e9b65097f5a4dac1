import type { FeedEventStore, Position } from "@aether/core";

/** The position of the last event that is stored when it is requested for the first time. */
export class FirstLatestPosition {
  readonly #store: Pick<FeedEventStore, "getLatestPosition">;
  #found: { readonly position: Position | undefined } | undefined;

  constructor(store: Pick<FeedEventStore, "getLatestPosition">) {
    this.#store = store;
  }

  /** Returns the position; `undefined` if the store had no events. @throws the errors of `getLatestPosition` */
  async get(signal: AbortSignal | undefined): Promise<Position | undefined> {
    this.#found ??= { position: await this.#store.getLatestPosition({ signal }) };
    return this.#found.position;
  }
}
