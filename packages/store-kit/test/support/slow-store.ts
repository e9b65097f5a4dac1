import type { Event, EventsWithErrors, SaveReceipt, StoreSupports } from "@aether/core";
import { AbstractEventStore, formatPosition, type ReadRange, receiptOf } from "../../src/index.ts";

/** A step of the store that a test ends. */
export interface Step {
  readonly name: string;
  end(): void;
  fail(error: Error): void;
}

/** A store of which every step waits until the test ends it. Records the steps that were begun and freed. */
export class SlowStore extends AbstractEventStore {
  override readonly supports: StoreSupports = { batch: true, streaming: true, durable: false, shared: false };
  readonly steps: Step[] = [];
  readonly log: string[] = [];

  protected override async append(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
    await this.step(`append ${events.map(({ version }) => version).join()}`);
    return events.map((event) => receiptOf(event, formatPosition({ sequence: event.version })));
  }

  protected override async read(actorId: string): Promise<EventsWithErrors> {
    await this.step(`read ${actorId}`);
    return { events: [], errors: [] };
  }

  protected override async latestVersion(actorId: string): Promise<number> {
    await this.step(`latest ${actorId}`);
    return 0;
  }

  protected override async *readLazily(actorId: string, { limit }: ReadRange): AsyncGenerator<Event> {
    this.log.push(`begin stream ${actorId} ${limit}`);
    try {
      for (let version = 1; ; version++) {
        await this.step(`stream ${version}`);
        yield { id: "e", eventType: "Tested", actorId, version, data: {}, timestamp: "2026-01-01T00:00:00Z" };
      }
    } finally {
      this.log.push("free stream");
    }
  }

  protected override async release(): Promise<void> {
    this.log.push("release");
  }

  protected step(name: string): Promise<void> {
    this.log.push(name);
    return new Promise((resolve, reject) => {
      this.steps.push({ name, end: resolve, fail: reject });
    });
  }
}
