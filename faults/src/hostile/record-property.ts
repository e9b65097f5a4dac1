import type { Event } from "@aether/core";
import fc from "fast-check";
import { type Property, property } from "./property.ts";
import { type HostileRecord, record } from "./records.ts";
import type { FullStore } from "./store-properties.ts";

/** Stores a record for an actor with the NATS client instead of the store, as any program with the permission can. */
export type StoreRaw = (actorId: string, payload: Uint8Array, headerBlock: string | undefined) => Promise<void>;

/** A save by the store, or a record that is written without the store. */
type Step = "save" | "save two" | HostileRecord;

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<Step>("save", "save two") },
    { weight: 3, arbitrary: record as fc.Arbitrary<Step> },
  ),
  { minLength: 1, maxLength: 8 },
);

/**
 * Returns a property: hostile records in a stream do no harm. Reads reach the end, return the same events from every
 * version and in both directions, and contain all acknowledged events. New events can be saved.
 *
 * @param store - writes and reads
 * @param uncachedStore - reads the same stream without knowing the writes
 */
export function recordProperty(store: FullStore, uncachedStore: FullStore, storeRaw: StoreRaw): Property {
  return property(
    "hostile records do not prevent reading",
    steps,
    async (sequence) => {
      const actorId = `hostile-${crypto.randomUUID()}`;
      const acknowledged: number[] = [];
      const save = async (count: number): Promise<void> => {
        const latest = await store.getLatestVersion(actorId);
        const events = Array.from({ length: count }, (_, index) => ({
          actorId,
          version: latest + 1 + index,
          eventType: "Tested",
          data: { index },
        }));
        for (const { version } of await store.saveEvents(events)) acknowledged.push(version);
      };
      for (const step of sequence) {
        if (step === "save") await save(1);
        else if (step === "save two") await save(2);
        else await storeRaw(actorId, step.payload(actorId), step.headers);
      }
      await expectConsistent(uncachedStore, actorId, acknowledged);
      await save(1);
      for (const reader of [store, uncachedStore]) await expectConsistent(reader, actorId, acknowledged);
    },
    10,
  );
}

async function expectConsistent(store: FullStore, actorId: string, acknowledged: readonly number[]): Promise<void> {
  const all = await store.getEvents(actorId);
  expectAscending(all);
  for (const version of acknowledged) {
    if (all.every((event) => event.version !== version)) {
      throw new Error(`version ${version} was saved but is not read`);
    }
  }
  expectVersions("with errors", (await store.getEventsWithErrors(actorId)).events, all);
  expectVersions("forward", await collect(store.readEvents(actorId)), all);
  expectVersions("backward", (await collect(store.readEvents(actorId, { direction: "backward" }))).reverse(), all);
  const last = all.at(-1)?.version ?? 0;
  const latest = await store.getLatestVersion(actorId);
  if (latest < last) throw new Error(`the latest version is ${latest}, but ${last} was read`);
  for (const from of [2, Math.ceil(last / 2), last, last + 1]) {
    const rest = all.filter(({ version }) => version >= from);
    expectVersions(`from ${from}`, await store.getEvents(actorId, from), rest);
    const backward = await collect(store.readEvents(actorId, { fromVersion: from, direction: "backward" }));
    expectVersions(`backward to ${from}`, backward.reverse(), rest);
  }
}

function expectAscending(events: readonly Event[]): void {
  let before = 0;
  for (const { version } of events) {
    if (version <= before) throw new Error(`version ${version} comes after ${before}`);
    before = version;
  }
}

function expectVersions(read: string, actual: readonly Event[], expected: readonly Event[]): void {
  const [found, wanted] = [actual, expected].map((events) => events.map(({ version }) => version).join(","));
  if (found !== wanted) throw new Error(`${read}: versions ${found} instead of ${wanted}`);
}

async function collect(events: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  return all;
}
