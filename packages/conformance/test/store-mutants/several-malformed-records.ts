import type { CallOptions, Event, EventsWithErrors, ReadOptions } from "@aether/core";
import { readRange } from "@aether/store-kit";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const several = "replay errors: each of several malformed records is reported, in store order";
const fromVersion =
  "replay errors: getEventsWithErrors from a version reports the malformed records after its first event";
const limit = "replay errors: a malformed record does not count against the limit of a stream";

export const severalMalformedRecordMutants: readonly Mutant[] = [
  mutant(
    "counts a malformed record against the limit of a stream",
    [limit],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        const range = readRange(options);
        const records = this.storage.recordsOf(this.key(actorId));
        const inOrder = range.direction === "backward" ? records.toReversed() : records;
        let left = range.limit;
        for (const { json } of inOrder) {
          if (left-- <= 0) return;
          try {
            yield* this.select(this.decode(json), range);
          } catch {}
        }
      }
    },
  ),
  mutant(
    "ends a stream at the second malformed record",
    [limit],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        const isDamaged = this.read(actorId).errors.length > 1;
        for await (const event of super.stream(actorId, options)) {
          if (isDamaged && event.version > 2) return;
          yield event;
        }
      }
    },
  ),
  mutant(
    "skips only one malformed record",
    ["replay errors: reads from any version skip several malformed records"],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const found = super.read(actorId);
        if (found.errors.length > 1) throw new Error("too many malformed records");
        return found;
      }
    },
  ),
  mutant(
    "reports the last of several malformed records",
    [several],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events, errors: errors.slice(-1) };
      }
    },
  ),
  mutant(
    "reports malformed records in any order",
    [several],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events, errors: errors.toReversed() };
      }
    },
  ),
  mutant(
    "reports malformed records only if it reads from the beginning",
    [fromVersion],
    class extends ReferenceStore {
      override async getEventsWithErrors(actorId: string, from = 0, options?: CallOptions): Promise<EventsWithErrors> {
        const { events, errors } = await super.getEventsWithErrors(actorId, from, options);
        return { events, errors: from > 1 ? [] : errors };
      }
    },
  ),
];
