import { type Event, type EventStore, type ReplayError, supports } from "@aether/core";
import { check } from "../checks/check.ts";
import { ConformanceError } from "../checks/conformance-error.ts";
import { collect, event, events, versionsOf } from "../samples/events.ts";
import { containsBytes, type MalformedRecord, malformedRecords } from "../samples/malformed-records.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";

/** An actor with event 1, and one malformed record after it. */
interface DamagedActor extends MalformedRecord {
  readonly actorId: string;
}

/** Stores event 1 of one actor per kind of malformed record, and a malformed record after each of them. */
async function damageActors(context: StoreCaseContext): Promise<readonly DamagedActor[]> {
  const kinds = malformedRecords("").map(({ kind }) => kind);
  const actors = kinds.map((kind, index) => {
    const actorId = `actor ${index}`;
    return { actorId, kind, bytes: malformedRecords(actorId)[index]?.bytes ?? new Uint8Array() };
  });
  const store = await context.open();
  for (const { actorId } of actors) await store.saveEvent(event(actorId, 1));
  await store.close();
  const damaged: DamagedActor[] = [];
  for (const actor of actors) if (await context.malformedRecord(actor.actorId, actor.bytes)) damaged.push(actor);
  return damaged;
}

/** Checks every way to read an actor that has malformed records among its events. */
async function checkReads(store: EventStore, given: unknown, expected: readonly Event[]): Promise<void> {
  const actorId = expected[0]?.actorId ?? "";
  const versions = versionsOf(expected);
  check("getEvents skips malformed records", { given, expected, actual: await store.getEvents(actorId) });
  check("getLatestVersion returns the version of the last event, whatever malformed records there are", {
    given,
    expected: versions.at(-1) ?? 0,
    actual: await store.getLatestVersion(actorId),
  });
  if (!supports(store, "streaming")) return;
  for (const direction of ["forward", "backward"] as const) {
    check(`readEvents skips malformed records, ${direction}`, {
      given,
      expected: direction === "forward" ? versions : versions.toReversed(),
      actual: versionsOf(await collect(store.readEvents(actorId, { direction }))),
    });
  }
}

/** The bytes of a replay error as a short text. */
function shown(raw: unknown): string {
  if (!(raw instanceof Uint8Array)) return `not bytes: ${typeof raw}`;
  const start = Array.from(raw.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `${raw.length} bytes: ${start}${raw.length > 12 ? " ..." : ""}`;
}

/** Checks that the errors contain the bytes of these records, in this order, and nothing else. */
function checkBytes(given: unknown, expected: readonly MalformedRecord[], errors: readonly ReplayError[]): void {
  const guarantee = "a replay error contains exactly the bytes of the malformed record";
  let index = 0;
  for (const { bytes } of expected) {
    const found = errors[index]?.raw;
    if (!(found instanceof Uint8Array) || !containsBytes(found, bytes))
      throw new ConformanceError({ guarantee, given, expected: shown(bytes), actual: shown(found) });
    // A store may report each part of an array with the same bytes.
    const same = found;
    do index++;
    while (errors[index] !== undefined && bytes[0] === 0x5b && sameBytes(errors[index]?.raw, same));
  }
  check("getEventsWithErrors reports each malformed record once", {
    given,
    expected: [],
    actual: errors.slice(index).map(({ raw }) => shown(raw)),
  });
}

function sameBytes(left: unknown, right: Uint8Array): boolean {
  return left instanceof Uint8Array && left.length === right.length && containsBytes(left, right);
}

const severalKinds = [
  "text that is not JSON",
  "an event of another actor",
  "an event that is not UTF-8",
  "an object that is not an event",
] as const;

/** Stores malformed records before, between and after events 1 and 2. Returns the records that are stored. */
async function damageRepeatedly(context: StoreCaseContext): Promise<readonly MalformedRecord[]> {
  const kindsByName = new Map(malformedRecords("a").map((record) => [record.kind, record]));
  const written: MalformedRecord[] = [];
  const damage = async (...kinds: readonly (typeof severalKinds)[number][]): Promise<void> => {
    for (const kind of kinds) {
      const record = kindsByName.get(kind) as MalformedRecord;
      if (await context.malformedRecord("a", record.bytes)) written.push(record);
    }
  };
  const save = async (version: number): Promise<void> => {
    const store = await context.open();
    await store.saveEvent(event("a", version));
    await store.close();
  };
  await (await context.open()).close();
  await damage("text that is not JSON", "an object that is not an event");
  await save(1);
  await damage("an event of another actor", "an event that is not UTF-8");
  await save(2);
  await damage("text that is not JSON");
  return written;
}

export const malformed: readonly StoreCase[] = storeCaseGroup(
  "malformed records",
  [
    {
      name: "a malformed record of any kind is skipped, and the next event is stored after it",
      needsDamage: "malformedRecord",
      async run(context) {
        const actors = await damageActors(context);
        const store = await context.open();
        for (const { actorId, kind } of actors) {
          check("getEvents skips malformed records", {
            given: `event 1, then ${kind}`,
            expected: events(actorId, [1]),
            actual: await store.getEvents(actorId),
          });
          await store.saveEvent(event(actorId, 2));
          await checkReads(store, `event 1, then ${kind}, then event 2`, events(actorId, [1, 2]));
          if (!kind.includes("another actor")) continue;
          check("an event is read only by the actor whose record it is", {
            given: kind,
            expected: [],
            actual: await store.getEvents(`not ${actorId}`),
          });
        }
        await store.close();
        const reopened = await context.open();
        for (const { actorId, kind } of actors) {
          check("getEvents skips malformed records after reopening", {
            given: `event 1, then ${kind}, then event 2; reopened`,
            expected: events(actorId, [1, 2]),
            actual: await reopened.getEvents(actorId),
          });
        }
      },
    },
    {
      name: "a malformed record of any kind is reported with exactly its bytes",
      needs: ["replayErrors"],
      needsDamage: "malformedRecord",
      async run(context) {
        const actors = await damageActors(context);
        const store = await context.open("replayErrors");
        for (const actor of actors) {
          const { actorId, kind } = actor;
          const given = `event 1, then ${kind}`;
          const found = await store.getEventsWithErrors(actorId);
          check("getEventsWithErrors returns the events among malformed records", {
            given,
            expected: events(actorId, [1]),
            actual: found.events,
          });
          checkBytes(given, [actor], found.errors);
        }
      },
    },
    {
      name: "several malformed records are skipped, wherever they are",
      needsDamage: "malformedRecord",
      async run(context) {
        await damageRepeatedly(context);
        const store = await context.open();
        await checkReads(store, "malformed records before, between and after events 1 and 2", events("a", [1, 2]));
      },
    },
    {
      name: "several malformed records are all reported, in store order",
      needs: ["replayErrors"],
      needsDamage: "malformedRecord",
      async run(context) {
        const written = await damageRepeatedly(context);
        const store = await context.open("replayErrors");
        const { errors } = await store.getEventsWithErrors("a");
        const given = { records: written.map(({ kind }) => kind) };
        checkBytes(given, written, errors);
        checkPositionsAscend(
          "several malformed records",
          errors.map(({ position }) => position),
        );
      },
    },
    {
      name: "malformed records do not count towards the limit of a lazy read",
      needs: ["streaming"],
      needsDamage: "malformedRecord",
      async run(context) {
        await damageRepeatedly(context);
        const store = await context.open("streaming");
        const reads = [
          { options: { limit: 1 }, expected: [1] },
          { options: { limit: 2 }, expected: [1, 2] },
          { options: { limit: 1, direction: "backward" }, expected: [2] },
          { options: { limit: 2, direction: "backward" }, expected: [2, 1] },
          { options: { limit: 1, fromVersion: 2 }, expected: [2] },
        ] as const;
        for (const { options, expected } of reads) {
          check("readEvents yields up to limit events, and does not count malformed records", {
            given: { stored: "malformed records before, between and after events 1 and 2", options },
            expected,
            actual: versionsOf(await collect(store.readEvents("a", options))),
          });
        }
      },
    },
  ],
  ["durable"],
);
