import type {
  BatchEventStore,
  CallOptions,
  Event,
  NewEvent,
  ReadOptions,
  ReplayReportingEventStore,
  SnapshotStore,
  StreamingEventStore,
} from "@aether/core";
import fc from "fast-check";
import {
  type BreakField,
  breakBatch,
  breakField,
  callOptions,
  type Draft,
  draft,
  invalidSnapshot,
  shortDraft,
} from "./event-inputs.ts";
import {
  expectRejection,
  expectSameJson,
  expectValue,
  expectValueOrRejection,
  type Outcome,
  outcomeOf,
} from "./outcome.ts";
import { type Property, property } from "./property.ts";
import { text } from "./texts.ts";
import { anything, type JsonValue, type MakeValue } from "./values.ts";

/** A store with every capability. */
export type FullStore = BatchEventStore & ReplayReportingEventStore & StreamingEventStore & SnapshotStore;

/** Sizes above which a store may reject valid input. */
export interface StoreLimits {
  /** Longest actor id that must be accepted, in characters. */
  readonly idLength: number;
  /** Largest event that must be accepted, in bytes. */
  readonly eventBytes: number;
}

const INVALID_EVENT = "AETHER_INVALID_EVENT";
const INVALID_ARGUMENT = "AETHER_INVALID_ARGUMENT";

/** Properties of a store for inputs of any kind. No other client may write to the store at the same time. */
export function storeProperties(store: FullStore, limits: StoreLimits): readonly Property[] {
  const versions = new KnownVersions(store);

  const save = async (given: Draft): Promise<void> => {
    const event = versions.nextEvent(given);
    const outcome = await outcomeOf(() => store.saveEvent(event));
    if (mayBeRejected(given, outcome)) return;
    const receipt = expectValue(outcome);
    versions.set(given.actorId, event.version);
    const found = expectValue(await outcomeOf(() => store.getEvents(given.actorId, event.version)));
    expectSameEvent(found, { ...event, id: receipt.id, timestamp: receipt.timestamp }, given);
    const latest = expectValue(await outcomeOf(() => store.getLatestVersion(given.actorId)));
    if (latest !== event.version) throw new Error(`the latest version is ${latest}, not ${event.version}`);
  };

  const mayBeRejected = (given: Draft, outcome: Outcome<unknown>): boolean => {
    if ("value" in outcome) return false;
    if (outcome.code === "AETHER_EVENT_TOO_LARGE") return sizeOf(given) > limits.eventBytes;
    return given.actorId.length > limits.idLength && [INVALID_EVENT, INVALID_ARGUMENT].includes(outcome.code);
  };

  const expectRejectedEvent = async (given: Draft, breakIt: BreakField): Promise<void> => {
    const event = breakIt(versions.nextEvent(given));
    expectRejection(await outcomeOf(() => store.saveEvent(event)), INVALID_EVENT);
    await versions.expectUnchanged(given.actorId);
  };

  return [
    property("events are read back exactly as saved", draft, save),

    property("an event with one invalid field is rejected", fc.tuple(shortDraft, breakField), ([given, breakIt]) =>
      expectRejectedEvent(given, breakIt),
    ),

    property(
      "a batch with one invalid event stores nothing",
      fc.tuple(shortDraft, breakBatch),
      async ([given, breakIt]) => {
        const first = versions.nextEvent(given);
        const events = [first, { ...first, version: first.version + 1 }, { ...first, version: first.version + 2 }];
        expectRejection(await outcomeOf(() => store.saveEvents(breakIt(events) as NewEvent[])), INVALID_EVENT);
        await versions.expectUnchanged(given.actorId);
      },
    ),

    property("a value that is not an event is rejected", anything, async (make) => {
      const value = make();
      expectRejection(await outcomeOf(() => store.saveEvent(value as Event)), INVALID_EVENT);
      if (isEmptyArray(value)) return;
      expectRejection(await outcomeOf(() => store.saveEvents(value as Event[])), INVALID_EVENT);
    }),

    property(
      "call options are accepted, or rejected with a documented code",
      fc.tuple(shortDraft, callOptions),
      async ([given, makeOptions]) => {
        const event = versions.nextEvent(given);
        const options = makeOptions() as CallOptions;
        const calls: readonly (() => Promise<unknown>)[] = [
          () => store.getEvents(given.actorId, 0, options),
          () => store.getEventsWithErrors(given.actorId, 0, options),
          () => store.getLatestVersion(given.actorId, options),
          () => store.getLatestSnapshot(given.actorId, options),
          () => store.saveEvents([], options),
          () => store.saveSnapshot({ actorId: given.actorId, version: Number.MAX_SAFE_INTEGER, state: {} }, options),
        ];
        for (const each of calls) expectValueOrRejection(await outcomeOf(each), INVALID_ARGUMENT);
        const saved = await outcomeOf(() => store.saveEvent(event, options));
        expectValueOrRejection(saved, INVALID_ARGUMENT);
        if ("value" in saved) versions.set(given.actorId, event.version);
        const mustBeRejected = options !== undefined && (typeof options !== "object" || options === null);
        if (mustBeRejected) expectRejection(saved, INVALID_ARGUMENT);
        await versions.expectUnchanged(given.actorId);
      },
    ),

    property(
      "read arguments are accepted, or rejected with a documented code",
      fc.tuple(id, anything, anything),
      async (makes) => {
        const [id, from, rest] = makes.map((make) => make());
        const actorId = id as string;
        const isName = typeof id === "string" && id !== "" && id.isWellFormed();
        const isVersion = from === undefined || (Number.isSafeInteger(from) && (from as number) >= 0);
        const given = { fromVersion: from, toVersion: rest, limit: 10, direction: rest } as unknown as ReadOptions;
        const outcomes = [
          await outcomeOf(() => store.getEvents(actorId, from as number)),
          await outcomeOf(() => store.getEventsWithErrors(actorId, from as number)),
          await outcomeOf(() => collect(() => store.readEvents(actorId, { fromVersion: from as number }))),
        ];
        const others = [
          await outcomeOf(() => store.getLatestVersion(actorId)),
          await outcomeOf(() => store.getLatestSnapshot(actorId)),
          await outcomeOf(() => collect(() => store.readEvents(actorId, given))),
          await outcomeOf(() => collect(() => store.readEvents(actorId, rest as ReadOptions))),
        ];
        for (const outcome of [...outcomes, ...others]) expectValueOrRejection(outcome, INVALID_ARGUMENT);
        if (!isName) for (const outcome of [...outcomes, ...others]) expectRejection(outcome, INVALID_ARGUMENT);
        if (!isVersion) for (const outcome of outcomes) expectRejection(outcome, INVALID_ARGUMENT);
        if (isName && isVersion && actorId.length <= limits.idLength)
          for (const outcome of outcomes) expectValue<unknown>(outcome);
      },
    ),

    property(
      "snapshots are read back exactly as saved",
      draft,
      async (given) => {
        if (given.actorId.length > limits.idLength || sizeOf(given) > limits.eventBytes) return;
        await save(given);
        const { actorId } = given;
        if (!isSteady(given.data)) return; // the save has already read the valid value from the getter
        const version = versions.latestOf(actorId);
        expectValue(await outcomeOf(() => store.saveSnapshot({ actorId, version, state: given.data.value })));
        const found = expectValue(await outcomeOf(() => store.getLatestSnapshot(actorId)));
        expectSameJson("the snapshot", found?.state, JSON.parse(given.data.json));
        if (found?.version !== version) throw new Error(`the snapshot has version ${found?.version}, not ${version}`);
        if (!Object.isFrozen(found.state)) throw new Error("the snapshot is not frozen");
      },
      10,
    ),

    property("a value that is not a snapshot is rejected", fc.tuple(shortDraft, invalidSnapshot), async (inputs) => {
      const [{ actorId }, make] = inputs;
      expectRejection(await outcomeOf(() => store.saveSnapshot(make(actorId) as never)), INVALID_ARGUMENT);
    }),
  ];
}

/** The latest version of each actor according to all saves so far. Detects actor ids that collide in the store. */
class KnownVersions {
  readonly #store: FullStore;
  readonly #latest = new Map<string, number>();

  constructor(store: FullStore) {
    this.#store = store;
  }

  latestOf(actorId: string): number {
    return this.#latest.get(actorId) ?? 0;
  }

  nextEvent({ actorId, eventType, id, data, metadata }: Draft): NewEvent & { version: number } {
    return {
      actorId,
      eventType,
      version: this.latestOf(actorId) + 1,
      data: data.value,
      ...(id === undefined ? {} : { id }),
      ...(metadata === undefined ? {} : { metadata: metadata.value as Record<string, string> }),
    };
  }

  set(actorId: string, version: number): void {
    this.#latest.set(actorId, version);
  }

  async expectUnchanged(actorId: string): Promise<void> {
    const found = await this.#store.getLatestVersion(actorId);
    const expected = this.latestOf(actorId);
    this.#latest.set(actorId, found);
    if (found !== expected) throw new Error(`the actor has version ${found}, but should have ${expected}`);
  }
}

const id: fc.Arbitrary<MakeValue> = fc.oneof(
  text.map((value) => () => value),
  anything,
);

async function collect(read: () => AsyncIterable<Event>): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const event of read()) events.push(event);
  return events;
}

function expectSameEvent(found: readonly Event[], sent: NewEvent, given: Draft): void {
  const [event, ...others] = found;
  if (event === undefined || others.length > 0) throw new Error(`${found.length} events were read instead of one`);
  for (const field of ["id", "eventType", "actorId", "version", "timestamp"] as const) {
    if (event[field] !== sent[field]) throw new Error(`${field} is ${event[field]} instead of ${sent[field]}`);
  }
  if (JSON.stringify(event.data) !== given.data.json) expectSameJson("data", event.data, JSON.parse(given.data.json));
  if (JSON.stringify(event.metadata) !== given.metadata?.json)
    expectSameJson("metadata", event.metadata, given.metadata && JSON.parse(given.metadata.json));
  if (!Object.isFrozen(event) || !Object.isFrozen(event.data)) throw new Error("the event that was read is not frozen");
}

function sizeOf({ actorId, eventType, id, data: { json }, metadata: notes }: Draft): number {
  return Buffer.byteLength(JSON.stringify([actorId, eventType, id])) + Buffer.byteLength(json + (notes?.json ?? ""));
}

function isEmptyArray(value: unknown): boolean {
  try {
    return Array.isArray(value) && value.length === 0;
  } catch {
    return false; // a revoked proxy
  }
}

/** Returns false for an object whose getter returns another value on each read. */
function isSteady({ value, json }: JsonValue): boolean {
  return JSON.stringify(value) === json;
}
