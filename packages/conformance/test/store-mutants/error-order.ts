import {
  type CallOptions,
  type Event,
  EventTooLargeError,
  type NewEvent,
  type SaveReceipt,
  StoreClosedError,
} from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

export const errorOrderMutants: readonly Mutant[] = [
  mutant(
    "checks whether it is closed before it checks the input",
    ["order of errors: invalid input is reported before a closed store"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        if (this.closed) throw new StoreClosedError();
        return super.saveEvent(event, options);
      }
    },
  ),
  mutant(
    "checks the signal before it checks the input",
    ["order of errors: invalid input is reported before an aborted signal"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        options?.signal?.throwIfAborted();
        return super.saveEvent(event, options);
      }
    },
  ),
  mutant(
    "checks the signal before it checks whether it is closed",
    ["order of errors: a closed store is reported before an aborted signal"],
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        options?.signal?.throwIfAborted();
        super.checkOpen(options);
      }
    },
  ),
  mutant(
    "checks for a conflict first",
    [
      "order of errors: a conflict is reported last",
      "order of errors: for a batch, invalid input is reported before a conflict",
    ],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        this.checkConflict([event as Event]);
        return super.prepare(event);
      }
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        this.checkConflict(events as Event[]);
        return super.prepareBatch(events);
      }
    },
  ),
  mutant(
    "checks the size of an event before it checks whether it is closed",
    ["order of errors: a closed store and an aborted signal are reported before an event that is too large"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        const prepared = super.prepare(event);
        const [sizeBytes, limitBytes] = [JSON.stringify(prepared).length, 1_048_576];
        if (sizeBytes > limitBytes) throw new EventTooLargeError({ actorId: prepared.actorId, sizeBytes, limitBytes });
        return prepared;
      }
    },
  ),
  mutant(
    "checks the size of a batch before it checks the signal",
    ["order of errors: a closed store and an aborted signal are reported before an event that is too large"],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        const prepared = super.prepareBatch(events);
        const [sizeBytes, limitBytes] = [JSON.stringify(prepared).length, 1_048_576];
        const actorId = prepared[0]?.actorId ?? "";
        if (sizeBytes > limitBytes) throw new EventTooLargeError({ actorId, sizeBytes, limitBytes });
        return prepared;
      }
    },
  ),
];
