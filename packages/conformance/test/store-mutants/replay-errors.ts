import type { CallOptions, Event, EventsWithErrors, ReplayError } from "@aether/core";
import type { StoredRecord } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const skipped = "replay errors: plain reads skip a malformed record";
const reported = "replay errors: a malformed record is reported with its position, its bytes and the cause";

export const replayMutants: readonly Mutant[] = [
  mutant(
    "ignores fromVersion in getEventsWithErrors",
    ["replay errors: without malformed records, getEventsWithErrors returns events and no errors"],
    class extends ReferenceStore {
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        return this.from(await super.getEvents(actorId, 0, options), fromVersion);
      }
      override async getEventsWithErrors(
        actorId: string,
        _fromVersion = 0,
        options?: CallOptions,
      ): Promise<EventsWithErrors> {
        return super.getEventsWithErrors(actorId, 0, options);
      }
    },
  ),
  mutant(
    "rejects reads of an actor with a malformed record",
    [skipped, "replay errors: the first event of an actor can be saved after a malformed record"],
    class extends ReferenceStore {
      protected override replayError(_: StoredRecord, cause: unknown): ReplayError {
        throw cause;
      }
    },
  ),
  mutant(
    "counts a malformed record as a version",
    [skipped, "replay errors: the first event of an actor can be saved after a malformed record"],
    class extends ReferenceStore {
      protected override latestVersion(actorId: string): number {
        return super.latestVersion(actorId) + this.read(actorId).errors.length;
      }
    },
  ),
  mutant(
    "does not report malformed records",
    [reported],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        return { events: super.read(actorId).events, errors: [] };
      }
    },
  ),
  mutant(
    "reports text in place of the bytes",
    [reported],
    class extends ReferenceStore {
      protected override replayError(record: StoredRecord, cause: unknown): ReplayError {
        return { ...super.replayError(record, cause), raw: record.json as unknown as Uint8Array };
      }
    },
  ),
  mutant(
    "reports no cause for a malformed record",
    [reported],
    class extends ReferenceStore {
      protected override replayError(record: StoredRecord): ReplayError {
        return super.replayError(record, undefined);
      }
    },
  ),
  mutant(
    "reports a wrong position for a malformed record",
    [reported],
    class extends ReferenceStore {
      protected override replayError(record: StoredRecord, cause: unknown): ReplayError {
        return super.replayError({ ...record, sequence: 0 }, cause);
      }
    },
  ),
];
