import { type Event, InvalidEventError, type ReadOptions, type ReplayError } from "@aether/core";
import { decodeEvent } from "@aether/store-kit";
import type { StoredRecord } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const skipped = "malformed records: a malformed record of any kind is skipped, and the next event is stored after it";
const exactBytes = "malformed records: a malformed record of any kind is reported with exactly its bytes";
const several = "malformed records: several malformed records are skipped, wherever they are";
const inOrder = "malformed records: several malformed records are all reported, in store order";
const limit = "malformed records: malformed records do not count towards the limit of a lazy read";

export const malformedMutants: readonly Mutant[] = [
  mutant(
    "reads an event of another actor from a record of this actor",
    [skipped, several],
    class extends ReferenceStore {
      protected override checkPlace(events: readonly Event[], _actorId: string, latestVersion: number): void {
        if ((events[0]?.version ?? 0) <= latestVersion) throw new Error("the version is already stored");
      }
    },
  ),
  mutant(
    "reads an event whose version is already stored",
    [skipped],
    class extends ReferenceStore {
      protected override checkPlace(events: readonly Event[], actorId: string): void {
        super.checkPlace(events, actorId, 0);
      }
    },
  ),
  mutant(
    "replaces bytes that are not UTF-8, and reads the event",
    [skipped, exactBytes, several],
    class extends ReferenceStore {
      protected override textOf({ json }: StoredRecord): string {
        return json;
      }
    },
  ),
  mutant(
    "does not check the fields of an event that it reads",
    [skipped],
    class extends ReferenceStore {
      protected override decodeOne(one: unknown): Event {
        if (typeof one !== "object" || one === null) throw new InvalidEventError({ path: "", reason: "is no object" });
        return one as Event;
      }
    },
  ),
  mutant(
    "accepts a record without an event, and reports nothing",
    [exactBytes],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events, errors: errors.filter(({ raw }) => new TextDecoder().decode(raw) !== "[]") };
      }
    },
  ),
  mutant(
    "fails to read an actor with a record that is nested too deeply",
    [skipped],
    class extends ReferenceStore {
      protected override replayError(record: StoredRecord, cause: unknown): ReplayError {
        if (record.json.includes("[[[[[[[[")) throw cause;
        return super.replayError(record, cause);
      }
    },
  ),
  mutant(
    "reports the bytes of a malformed record as text that was decoded and encoded again",
    [exactBytes, inOrder],
    class extends ReferenceStore {
      protected override replayError(record: StoredRecord, cause: unknown): ReplayError {
        return { ...super.replayError(record, cause), raw: new TextEncoder().encode(record.json) };
      }
    },
  ),
  mutant(
    "reports only the beginning of a malformed record",
    [exactBytes],
    class extends ReferenceStore {
      protected override replayError(record: StoredRecord, cause: unknown): ReplayError {
        const error = super.replayError(record, cause);
        return { ...error, raw: error.raw.slice(0, 1_024) };
      }
    },
  ),
  mutant(
    "reports only the last of several malformed records",
    [inOrder],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events, errors: errors.slice(-1) };
      }
    },
  ),
  mutant(
    "reports malformed records in the wrong order",
    [inOrder],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events, errors: errors.toReversed() };
      }
    },
  ),
  mutant(
    "stops reading at the second malformed record",
    [several, inOrder],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        const end = errors[1]?.position;
        if (end === undefined) return { events, errors };
        return { events: events.filter(({ version }) => version < 2), errors: errors.slice(0, 2) };
      }
    },
  ),
  mutant(
    "counts malformed records towards the limit of a lazy read",
    [limit],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        const records = this.storage.recordsOf(this.key(actorId));
        const inOrder = options?.direction === "backward" ? records.toReversed() : records;
        const within = inOrder.slice(0, options?.limit);
        const isRead = (event: Event) => within.some(({ json }) => json.includes(JSON.stringify(decodeEvent(event))));
        for await (const event of super.stream(actorId, options)) if (isRead(event)) yield event;
      }
    },
  ),
];
