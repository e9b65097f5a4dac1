import type { CallOptions, Event, NewEvent, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";
import { pause, SlowStore, turn } from "./slow-store.ts";

const save = "aborting: a save that is aborted in flight reports its true outcome, and can be repeated";
const batch = "aborting: a batch that is aborted in flight reports its true outcome, and can be repeated";
const waiting = "aborting: a save that is aborted while it waits for other saves of its actor reports its true outcome";

/** Rejects with `signal.reason` as soon as the signal is aborted. */
async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** A store that gives a save up when its signal is aborted, whatever has happened to it. */
class GivingUp extends SlowStore {
  protected giveUp<T>(options: CallOptions | undefined, work: Promise<T>): Promise<T> {
    return unlessAborted(options?.signal, work);
  }
  override saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
    return this.giveUp(options, super.saveEvent(event, options));
  }
  override saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    return this.giveUp(options, super.saveEvents(events, options));
  }
}

export const abortingSaveMutants: readonly Mutant[] = [
  mutant(
    "reports an abort between write and acknowledgement as signal.reason",
    [save, batch],
    class extends GivingUp {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        this.checkConflict(events);
        const receipts = this.append(events);
        await turn();
        await turn();
        return receipts;
      }
    },
  ),
  mutant(
    "leaves an aborted save in a queue that writes it 5 ms later",
    [save, batch],
    class extends GivingUp {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        await pause(5);
        return super.commit(events);
      }
    },
  ),
  mutant("leaves an aborted save in the queue of its actor", [waiting], GivingUp),
  mutant(
    "rejects an aborted save with OutcomeUnknownError without its events",
    [save],
    class extends SlowStore {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        const receipt = await super.saveEvent(event, options);
        if (options?.signal?.aborted) throw new DOMException("aborted", "AbortError");
        return receipt;
      }
    },
  ),
  mutant(
    "resolves an empty batch whatever its signal",
    ["aborting: an empty batch with an aborted signal rejects with signal.reason"],
    class extends ReferenceStore {
      override async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        const isEmpty = Array.isArray(events) && events.length === 0;
        return super.saveEvents(events, isEmpty ? undefined : options);
      }
    },
  ),
  mutant(
    "leaves a listener on the signal of each save",
    ["aborting: no listener is left on a signal after its calls have ended"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        const receipt = await super.saveEvent(event, options);
        options?.signal?.addEventListener("abort", () => {}, { once: true });
        return receipt;
      }
    },
  ),
  mutant(
    "leaves a listener on the signal of a stream whose loop has ended early",
    ["aborting: no listener is left on a signal after its calls have ended"],
    class extends ReferenceStore {
      protected override async *stream(...[actorId, options]: Parameters<ReferenceStore["readEvents"]>) {
        const onAbort = (): void => {};
        options?.signal?.addEventListener("abort", onAbort);
        yield* super.stream(actorId, options);
        options?.signal?.removeEventListener("abort", onAbort);
      }
    },
  ),
];
