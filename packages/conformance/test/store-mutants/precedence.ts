import { type CallOptions, type Event, type NewEvent, type SaveReceipt, StoreClosedError } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

export const precedenceMutants: readonly Mutant[] = [
  mutant(
    "looks whether it is closed before it looks at the input",
    ["precedence of errors: invalid input is refused before a closed store"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        if (this.closed) throw new StoreClosedError();
        return super.saveEvent(event, options);
      }
    },
  ),
  mutant(
    "looks at the signal before it looks at the input",
    ["precedence of errors: invalid input is refused before an aborted signal"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        options?.signal?.throwIfAborted();
        return super.saveEvent(event, options);
      }
    },
  ),
  mutant(
    "looks at the signal before it looks whether it is closed",
    ["precedence of errors: a closed store refuses before an aborted signal"],
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        options?.signal?.throwIfAborted();
        super.checkOpen(options);
      }
    },
  ),
  mutant(
    "looks for a conflict first",
    [
      "precedence of errors: all of these come before a conflict",
      "precedence of errors: of a batch, invalid input comes before a conflict",
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
];
