import type { CallOptions, Event, NewEvent, SaveReceipt } from "@aether/core";
import { OutcomeUnknownError } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";

type Receipts = Promise<readonly SaveReceipt[]>;

/** Step of the script for one save: a function that is called instead of the save. */
export type Step = (save: () => Receipts, ids: readonly string[]) => Receipts;

/** An in-memory store whose saves follow a script, and that records its calls. */
export class ScriptedStore<E extends Event> extends MemoryEventStore<E> {
  /** Versions from which on events were read. */
  readonly reads: number[] = [];
  /** First versions of the saves. */
  readonly saves: (readonly NewEvent<E>[])[] = [];
  /** Called before each read of events. */
  beforeRead: (() => unknown) | undefined;
  /** Called after each read of events, before it returns. */
  afterRead: (() => unknown) | undefined;
  readonly #steps: Step[];

  constructor(...steps: Step[]) {
    super();
    this.#steps = steps;
  }

  override async saveEvent(event: NewEvent<E>, options?: CallOptions): Promise<SaveReceipt> {
    const [receipt] = await this.#next([event], async () => [await super.saveEvent(event, options)]);
    return receipt as SaveReceipt;
  }

  override saveEvents(events: readonly NewEvent<E>[], options?: CallOptions): Receipts {
    return this.#next(events, () => super.saveEvents(events, options));
  }

  override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly E[]> {
    this.reads.push(fromVersion);
    await this.beforeRead?.();
    const events = await super.getEvents(actorId, fromVersion, options);
    await this.afterRead?.();
    return events;
  }

  /** Saves events as another process does, outside the script. */
  async saveElsewhere(event: NewEvent<E>): Promise<void> {
    await super.saveEvent(event);
  }

  #next(events: readonly NewEvent<E>[], save: () => Receipts): Receipts {
    this.saves.push(events);
    const step = this.#steps.shift();
    const ids = events.map(({ id }) => id as string);
    return step === undefined ? save() : step(save, ids);
  }
}

export const unknownOutcome = (eventIds: readonly string[]): OutcomeUnknownError =>
  new OutcomeUnknownError({ actorId: "a", eventIds });

/** The save is stored, but its answer is lost. */
export const storedButUnanswered: Step = async (save, ids) => {
  await save();
  throw unknownOutcome(ids);
};

/** The save is lost. */
export const lost: Step = async (_save, ids) => {
  throw unknownOutcome(ids);
};
