import type { CallOptions, Event, NewEvent, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const alreadyAborted = "aborting: a call with an aborted signal rejects with signal.reason and stores nothing";
const onItsWay = "aborting: a save that is aborted in flight reports its true outcome, and can be repeated";

export const abortingMutants: readonly Mutant[] = [
  mutant(
    "ignores an abort whose reason is falsy",
    [alreadyAborted],
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        const isFalsy = options?.signal?.aborted === true && !options.signal.reason;
        super.checkOpen(isFalsy ? {} : options);
      }
    },
  ),
  mutant(
    "rejects with an error of its own if the reason of an abort is null",
    [alreadyAborted],
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        if (options?.signal?.aborted && options.signal.reason === null) throw new Error("aborted");
        super.checkOpen(options);
      }
    },
  ),
  mutant(
    "ignores signals",
    [alreadyAborted],
    class extends ReferenceStore {
      protected override checkOpen(): void {
        super.checkOpen({});
      }
    },
  ),
  mutant(
    "rejects with its own error when the signal is aborted",
    [alreadyAborted],
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        if (options?.signal?.aborted) throw new DOMException("The operation was aborted", "AbortError");
        super.checkOpen(options);
      }
    },
  ),
  mutant(
    "checks the signal after it has stored the event",
    [
      alreadyAborted,
      onItsWay,
      "aborting: a batch that is aborted in flight reports its true outcome, and can be repeated",
    ],
    class extends ReferenceStore {
      protected override checkOpen(): void {
        super.checkOpen({});
      }
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        const receipt = await super.saveEvent(event);
        options?.signal?.throwIfAborted();
        return receipt;
      }
      override async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        const receipts = await super.saveEvents(events);
        options?.signal?.throwIfAborted();
        return receipts;
      }
    },
  ),
  mutant(
    "treats every signal as aborted",
    ["aborting: a signal that is never aborted, or only after the call has ended, changes nothing"],
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        if (options?.signal !== undefined) throw options.signal.reason;
        super.checkOpen(options);
      }
    },
  ),
  mutant(
    "returns [] from an aborted read",
    ["aborting: a read that is aborted in flight returns the complete result, or rejects with signal.reason"],
    class extends ReferenceStore {
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        const events = await super.getEvents(actorId, fromVersion, options);
        return options?.signal?.aborted ? [] : events;
      }
    },
  ),
  mutant(
    "rejects an aborted read with its own error",
    ["aborting: a read that is aborted in flight returns the complete result, or rejects with signal.reason"],
    class extends ReferenceStore {
      override async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
        const latest = await super.getLatestVersion(actorId, options);
        await new Promise((resolve) => setImmediate(resolve));
        if (options?.signal?.aborted) throw new DOMException("aborted", "AbortError");
        return latest;
      }
    },
  ),
  mutant(
    "ends an aborted stream as if it were complete",
    ["aborting: a read that is aborted in flight returns the complete result, or rejects with signal.reason"],
    class extends ReferenceStore {
      protected override async *stream(...call: Parameters<ReferenceStore["readEvents"]>) {
        const { signal, ...options } = call[1] ?? {};
        for await (const event of super.stream(call[0], options)) {
          if (signal?.aborted) return;
          yield event;
        }
      }
    },
  ),
];
