import { type CallOptions, type Event, type NewEvent, type SaveReceipt, StoreClosedError } from "@aether/core";
import { checkActorId } from "@aether/store-kit";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

export const closingMutants: readonly Mutant[] = [
  mutant(
    "accepts calls after close",
    [
      "closing: a closed store rejects every call",
      "closing: disposing a store closes it",
      "closing: close may be called more than once",
    ],
    class extends ReferenceStore {
      override async close(): Promise<void> {}
    },
  ),
  mutant(
    "accepts reads after close",
    ["closing: a closed store rejects every call"],
    class extends ReferenceStore {
      override async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
        options?.signal?.throwIfAborted();
        checkActorId(actorId);
        return this.latestVersion(actorId);
      }
    },
  ),
  mutant(
    "rejects calls only after close has resolved",
    ["closing: a store rejects calls as soon as close is called"],
    class extends ReferenceStore {
      override async close(): Promise<void> {
        await undefined;
        await super.close();
      }
    },
  ),
  mutant(
    "resolves an empty batch before it checks whether it is closed",
    ["closing: a closed store rejects an empty batch"],
    class extends ReferenceStore {
      override async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        return Array.isArray(events) && events.length === 0 ? [] : super.saveEvents(events, options);
      }
    },
  ),
  mutant(
    "rejects the second close",
    ["closing: close may be called more than once"],
    class extends ReferenceStore {
      override async close(): Promise<void> {
        if (this.closed) throw new StoreClosedError();
        await super.close();
      }
    },
  ),
  mutant(
    "does not close when it is disposed",
    ["closing: disposing a store closes it"],
    class extends ReferenceStore {
      override async [Symbol.asyncDispose](): Promise<void> {}
    },
  ),
  mutant(
    "rejects calls in flight when it is closed",
    ["closing: close finishes the calls in flight"],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        await undefined;
        this.checkOpen({});
        return super.commit(events);
      }
    },
  ),
];
