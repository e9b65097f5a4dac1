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
  expectRefusal,
  expectSameJson,
  expectValue,
  expectValueOrRefusal,
  type Outcome,
  outcomeOf,
  type Property,
  property,
} from "./property.ts";
import { loneSurrogate, name, text } from "./texts.ts";
import { anything, anythingBut, type Carried, data, type Make, metadata, noData, noVersion } from "./values.ts";

/** A store with every capability. */
export type WholeStore = BatchEventStore & ReplayReportingEventStore & StreamingEventStore & SnapshotStore;

/** What a store may refuse although it makes sense. */
export interface StoreLimits {
  /** Actor ids of more characters may be refused. */
  readonly idLength: number;
  /** Events of more bytes may be refused. */
  readonly eventBytes: number;
}

interface Draft {
  readonly actorId: string;
  readonly eventType: string;
  readonly id: string | undefined;
  readonly data: Carried;
  readonly metadata: Carried | undefined;
}

const draft: fc.Arbitrary<Draft> = fc.record({
  actorId: name,
  eventType: name,
  id: fc.option(name, { nil: undefined }),
  data,
  metadata,
});

const INVALID_EVENT = "AETHER_INVALID_EVENT";
const INVALID_ARGUMENT = "AETHER_INVALID_ARGUMENT";

/** What must hold for a store, whatever it is given. Nobody else may write to it meanwhile. */
export function storeProperties(store: WholeStore, limits: StoreLimits): readonly Property[] {
  const actors = new Actors(store);

  const save = async (given: Draft): Promise<void> => {
    const event = await actors.next(given);
    const outcome = await outcomeOf(() => store.saveEvent(event));
    if (mayBeRefused(given, outcome)) return;
    const receipt = expectValue(outcome);
    actors.saved(given.actorId, event.version);
    const found = expectValue(await outcomeOf(() => store.getEvents(given.actorId, event.version)));
    expectSameEvent(found, { ...event, id: receipt.id, timestamp: receipt.timestamp }, given);
    const latest = expectValue(await outcomeOf(() => store.getLatestVersion(given.actorId)));
    if (latest !== event.version) throw new Error(`the latest version is ${latest}, not ${event.version}`);
  };

  const mayBeRefused = (given: Draft, outcome: Outcome<unknown>): boolean => {
    if ("value" in outcome) return false;
    if (outcome.code === "AETHER_EVENT_TOO_LARGE") return sizeOf(given) > limits.eventBytes;
    return given.actorId.length > limits.idLength && [INVALID_EVENT, INVALID_ARGUMENT].includes(outcome.code);
  };

  const refuse = async (given: Draft, broken: BrokenField): Promise<void> => {
    const event = broken(await actors.next(given));
    expectRefusal(await outcomeOf(() => store.saveEvent(event)), INVALID_EVENT);
    await actors.expectUnchanged(given.actorId);
  };

  return [
    property("events are kept to the letter", draft, save),

    property("a lie about one field is refused", fc.tuple(shortDraft, brokenField), ([given, broken]) =>
      refuse(given, broken),
    ),

    property("a batch with one bad event stores nothing", fc.tuple(shortDraft, brokenBatch), async ([given, spoil]) => {
      const first = await actors.next(given);
      const events = [first, { ...first, version: first.version + 1 }, { ...first, version: first.version + 2 }];
      expectRefusal(await outcomeOf(() => store.saveEvents(spoil(events) as NewEvent[])), INVALID_EVENT);
      await actors.expectUnchanged(given.actorId);
    }),

    property("what is no event at all is refused", anything, async (make) => {
      const value = make();
      expectRefusal(await outcomeOf(() => store.saveEvent(value as Event)), INVALID_EVENT);
      if (isEmptyArray(value)) return;
      expectRefusal(await outcomeOf(() => store.saveEvents(value as Event[])), INVALID_EVENT);
    }),

    property("options of calls", fc.tuple(shortDraft, options), async ([given, hostile]) => {
      const event = await actors.next(given);
      const call = hostile() as CallOptions;
      const calls: readonly (() => Promise<unknown>)[] = [
        () => store.getEvents(given.actorId, 0, call),
        () => store.getEventsWithErrors(given.actorId, 0, call),
        () => store.getLatestVersion(given.actorId, call),
        () => store.getLatestSnapshot(given.actorId, call),
        () => store.saveEvents([], call),
        () => store.saveSnapshot({ actorId: given.actorId, version: Number.MAX_SAFE_INTEGER, state: {} }, call),
      ];
      for (const each of calls) expectValueOrRefusal(await outcomeOf(each), INVALID_ARGUMENT);
      const saved = await outcomeOf(() => store.saveEvent(event, call));
      expectValueOrRefusal(saved, INVALID_ARGUMENT);
      if ("value" in saved) actors.saved(given.actorId, event.version);
      const mustBeRefused = call !== undefined && (typeof call !== "object" || call === null);
      if (mustBeRefused) expectRefusal(saved, INVALID_ARGUMENT);
      await actors.expectUnchanged(given.actorId);
    }),

    property("reads of anything", fc.tuple(id, anything, anything), async (makes) => {
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
      for (const outcome of [...outcomes, ...others]) expectValueOrRefusal(outcome, INVALID_ARGUMENT);
      if (!isName) for (const outcome of [...outcomes, ...others]) expectRefusal(outcome, INVALID_ARGUMENT);
      if (!isVersion) for (const outcome of outcomes) expectRefusal(outcome, INVALID_ARGUMENT);
      if (isName && isVersion && actorId.length <= limits.idLength)
        for (const outcome of outcomes) expectValue<unknown>(outcome);
    }),

    property(
      "snapshots are kept to the letter",
      draft,
      async (given) => {
        if (given.actorId.length > limits.idLength || sizeOf(given) > limits.eventBytes) return;
        await save(given);
        const { actorId } = given;
        if (!isSteady(given.data)) return; // its getter has told the save all that it had to say
        const version = await actors.latestOf(actorId);
        expectValue(await outcomeOf(() => store.saveSnapshot({ actorId, version, state: given.data.value })));
        const found = expectValue(await outcomeOf(() => store.getLatestSnapshot(actorId)));
        expectSameJson("the snapshot", found?.state, JSON.parse(given.data.json));
        if (found?.version !== version || !Object.isFrozen(found.state)) throw new Error("the snapshot is another one");
      },
      10,
    ),

    property("what is no snapshot is refused", fc.tuple(shortDraft, noSnapshot), async ([{ actorId }, broken]) => {
      expectRefusal(await outcomeOf(() => store.saveSnapshot(broken(actorId) as never)), INVALID_ARGUMENT);
    }),
  ];
}

/** Which version each actor has reached, by what was answered: two ids that meet in the store show. */
class Actors {
  readonly #store: WholeStore;
  readonly #latest = new Map<string, number>();

  constructor(store: WholeStore) {
    this.#store = store;
  }

  async latestOf(actorId: string): Promise<number> {
    return this.#latest.get(actorId) ?? 0;
  }

  async next({ actorId, eventType, id, data, metadata }: Draft): Promise<NewEvent & { version: number }> {
    const version = (await this.latestOf(actorId)) + 1;
    return {
      actorId,
      eventType,
      version,
      data: data.value,
      ...(id === undefined ? {} : { id }),
      ...(metadata === undefined ? {} : { metadata: metadata.value as Record<string, string> }),
    };
  }

  saved(actorId: string, version: number): void {
    this.#latest.set(actorId, version);
  }

  async expectUnchanged(actorId: string): Promise<void> {
    const found = await this.#store.getLatestVersion(actorId);
    const expected = await this.latestOf(actorId);
    this.#latest.set(actorId, found);
    if (found !== expected) throw new Error(`the actor has version ${found}, and should have ${expected}`);
  }
}

const shortDraft: fc.Arbitrary<Draft> = fc.record({
  actorId: fc.oneof(fc.constantFrom("__proto__", "constructor", "a.b", "a_b", "*", ">", "\u0000"), fc.uuid()),
  eventType: fc.constant("Tested"),
  id: fc.constant(undefined),
  data: fc.constant({ value: {}, json: "{}" }),
  metadata: fc.constant(undefined),
});

const id: fc.Arbitrary<Make> = fc.oneof(
  text.map((value) => () => value),
  anything,
);

const isText = (value: unknown): boolean => typeof value === "string";

const noName: fc.Arbitrary<Make> = fc.oneof(
  fc.oneof(fc.constant(""), loneSurrogate).map((value) => () => value),
  anythingBut(isText),
);

const noTimestamp: fc.Arbitrary<Make> = fc.oneof(
  fc
    .constantFrom(
      "",
      "now",
      "2026-02-30T00:00:00Z",
      "2026-01-01",
      "2026-01-01T00:00:00",
      "0000-00-00T00:00:00Z",
      "2026-01-01T00:00:00Z\n",
      " 2026-01-01T00:00:00Z",
      "2026-01-01T24:00:00Z",
      "\u0662026-01-01T00:00:00Z",
    )
    .map((value) => () => value),
  anythingBut(isText),
);

/** Gives a field of an event a value that it cannot have. */
export type BrokenField = (event: NewEvent) => NewEvent;

const broken = (field: string, values: fc.Arbitrary<Make>): fc.Arbitrary<BrokenField> =>
  values.map((make) => (event) => ({ ...event, [field]: make() }) as NewEvent);

export const brokenField: fc.Arbitrary<BrokenField> = fc.oneof(
  broken("id", noName),
  broken("eventType", noName),
  broken("actorId", noName),
  broken("version", noVersion),
  broken("data", noData),
  broken(
    "metadata",
    fc.oneof(
      noData,
      fc.constantFrom<Make>(
        () => ({ key: 1 }),
        () => ({ key: null }),
      ),
    ),
  ),
  broken("timestamp", noTimestamp),
  broken(
    "unheardOf",
    anythingBut(() => false),
  ),
);

type Spoil = (events: NewEvent[]) => unknown[];

/** Makes a batch of three one that is refused. */
const brokenBatch: fc.Arbitrary<Spoil> = fc.oneof(
  fc.tuple(fc.nat(2), brokenField).map(
    ([at, breakField]): Spoil =>
      (events) =>
        events.map((event, index) => (index === at ? breakField(event) : event)),
  ),
  fc.nat(2).map(
    (at): Spoil =>
      (events) =>
        events.map((event, index) => (index === at ? { ...event, actorId: "other" } : event)),
  ),
  fc.constant<Spoil>(([first, second, third]) => [first, third, second]),
  fc.constant<Spoil>(([first, second]) => [first, second, second]),
  anything.map(
    (make): Spoil =>
      (events) => [...events, make()],
  ),
);

/** Options that no caller should give, and some that do no harm. */
export const options: fc.Arbitrary<Make> = fc.oneof(
  anything,
  anything.map((make) => () => ({ signal: make() })),
);

const noSnapshot: fc.Arbitrary<(actorId: string) => unknown> = fc.oneof(
  anything,
  noName.map((make) => () => ({ actorId: make(), version: 1, state: {} })),
  noVersion.map((make) => (actorId: string) => ({ actorId, version: make(), state: {} })),
  noData.map((make) => (actorId: string) => ({ actorId, version: 1, state: make() })),
  fc.constant((actorId: string) => ({ actorId, version: Number.MAX_SAFE_INTEGER, state: {} })),
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
  if (!Object.isFrozen(event) || !Object.isFrozen(event.data)) throw new Error("what was read is not frozen");
}

function sizeOf({ actorId, eventType, id, data: { json }, metadata: notes }: Draft): number {
  return Buffer.byteLength(JSON.stringify([actorId, eventType, id])) + Buffer.byteLength(json + (notes?.json ?? ""));
}

function isEmptyArray(value: unknown): boolean {
  try {
    return Array.isArray(value) && value.length === 0;
  } catch {
    return false; // a proxy that was revoked
  }
}

function isSteady({ value, json }: Carried): boolean {
  return JSON.stringify(value) === json;
}
