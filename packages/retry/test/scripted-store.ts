import type { CallOptions, NewEvent, SaveReceipt } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import type { Counted } from "./counting.ts";

/** Step of the script for one save: save it, or call the function instead. */
export type Step = "save" | ((save: () => Promise<readonly SaveReceipt[]>) => Promise<readonly SaveReceipt[]>);

/** An in-memory store whose saves follow a script, and that records all calls. */
export class ScriptedStore extends MemoryEventStore<Counted> {
  readonly saves: (readonly NewEvent<Counted>[])[] = [];
  readonly reads: number[] = [];
  versionReads = 0;
  readonly #steps: Step[];

  constructor(...steps: Step[]) {
    super();
    this.#steps = steps;
  }

  override async saveEvent(event: NewEvent<Counted>, options?: CallOptions): Promise<SaveReceipt> {
    const [receipt] = await this.#next([event], async () => [await super.saveEvent(event, options)]);
    return receipt as SaveReceipt;
  }

  override saveEvents(events: readonly NewEvent<Counted>[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    return this.#next(events, () => super.saveEvents(events, options));
  }

  override getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Counted[]> {
    this.reads.push(fromVersion);
    return super.getEvents(actorId, fromVersion, options);
  }

  override getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    this.versionReads++;
    return super.getLatestVersion(actorId, options);
  }

  /** Saves events as another writer does, outside the script. */
  async saveElsewhere(actorId: string, count = 1): Promise<void> {
    for (let saved = 0; saved < count; saved++) {
      const version = (await super.getLatestVersion(actorId)) + 1;
      await super.saveEvent({ actorId, version, eventType: "Counted", data: { by: 1 } });
    }
  }

  #next(
    events: readonly NewEvent<Counted>[],
    save: () => Promise<readonly SaveReceipt[]>,
  ): Promise<readonly SaveReceipt[]> {
    this.saves.push(events);
    const step = this.#steps.shift() ?? "save";
    return step === "save" ? save() : step(save);
  }
}
