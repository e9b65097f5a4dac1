import { type CallOptions, StoreClosedError } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const rejected = ["invalid input: a signal that is not an AbortSignal is rejected, even by a closed store"];

export const signalMutants: readonly Mutant[] = [
  mutant(
    "takes null for no options",
    rejected,
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        super.checkOpen(options ?? {});
      }
    },
  ),
  mutant(
    "takes a number or a text for no options",
    rejected,
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        super.checkOpen(typeof options === "object" ? options : {});
      }
    },
  ),
  mutant(
    "calls a method of whatever is passed as the signal",
    rejected,
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        if (this.closed) throw new StoreClosedError();
        options?.signal?.throwIfAborted();
      }
    },
  ),
  mutant(
    "ignores signals that are no AbortSignal",
    rejected,
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        super.checkOpen(options?.signal instanceof AbortSignal ? options : undefined);
      }
    },
  ),
  mutant(
    "checks the signal only while it is open",
    rejected,
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        if (this.closed) throw new StoreClosedError();
        super.checkOpen(options);
      }
    },
  ),
];
