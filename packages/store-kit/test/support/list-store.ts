import type {
  Event,
  EventsWithErrors,
  FeedPage,
  Position,
  ReplayError,
  SaveReceipt,
  StoreSupports,
} from "@aether/core";
import {
  AbstractEventStore,
  conflictOf,
  formatPosition,
  type OpenFeedRange,
  receiptOf,
  recordStamp,
} from "../../src/index.ts";

/** A store that keeps its events in a list, with pages of two events. A test may change the list. */
export class ListStore extends AbstractEventStore {
  override readonly supports: StoreSupports = { feed: true, durable: false, shared: false };
  readonly all: Event[] = [];
  /** Indices of events that are reported as malformed. */
  readonly malformed = new Set<number>();
  /** Called before each save. An error that it throws is that of the save. */
  beforeSave: (event: Event) => void = () => {};
  /** Called after each save. */
  afterSave: (event: Event) => void = () => {};

  protected override append(events: readonly Event[]): readonly SaveReceipt[] {
    const [event] = events as readonly [Event];
    this.beforeSave(event);
    const stored = this.all.filter(({ actorId }) => actorId === event.actorId);
    const idAt = (version: number) => stored.find((each) => each.version === version)?.id;
    const conflict = conflictOf(events, stored.at(-1)?.version ?? 0, idAt);
    if (conflict !== undefined) throw conflict;
    this.all.push(event);
    this.afterSave(event);
    return [receiptOf(event, this.#positionAt(this.all.length - 1))];
  }

  protected override read(actorId: string, fromVersion: number): EventsWithErrors {
    return {
      events: this.all.filter((event) => event.actorId === actorId && event.version >= fromVersion),
      errors: [],
    };
  }

  protected override latestVersion(actorId: string): number {
    return this.all.findLast((event) => event.actorId === actorId)?.version ?? 0;
  }

  protected override async *readPages({ after }: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
    const end = this.all.length;
    for (let index = after === undefined ? 0 : after.sequence + 1; index < end; index += 2) {
      const indices = [index, index + 1].filter((each) => each < end);
      const events = indices
        .filter((each) => !this.malformed.has(each))
        .map((each) => ({ event: this.all[each] as Event, position: this.#positionAt(each) }));
      const errors: ReplayError[] = indices
        .filter((each) => this.malformed.has(each))
        .map((each) => ({ position: this.#positionAt(each), raw: new Uint8Array(), cause: new Error("damaged") }));
      yield { events, errors, position: this.#positionAt(indices.at(-1) ?? 0), isCaughtUp: index + 2 >= end };
    }
  }

  #positionAt(sequence: number): Position {
    return formatPosition({ sequence, incarnation: "list", stamp: recordStamp(String(sequence)) });
  }
}
