import {
  type BatchEventStore,
  type Event,
  type EventStore,
  isVersionConflictError,
  type Position,
  type ReadOptions,
  type ReplayReportingEventStore,
  type SaveReceipt,
  type StreamingEventStore,
  supports,
} from "@aether/core";
import { check, checkFrozen, outcomeOf } from "../checks/check.ts";
import { collect, versionsOf } from "../samples/events.ts";
import { hostileNames, hostileTexts } from "../samples/hostile-texts.ts";
import { hostileNumbers, hostileTimestamps } from "../samples/hostile-values.ts";
import { SeededRandom } from "../samples/seeded-random.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";

const CALLS = 44;
const MAX = Number.MAX_SAFE_INTEGER;
const actorIds = ["a", "A"];
const eventTypes = hostileNames("Type");

/** Makes random calls, and compares their results with those of a model: the list of events of each actor. */
class RandomCalls {
  readonly #random: SeededRandom;
  readonly #model = new Map<string, readonly Event[]>();
  readonly #positions: Position[] = [];
  readonly #log: string[] = [];
  #ids = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  /** Makes one call on a store. */
  async call(store: EventStore): Promise<void> {
    const actorId = this.#random.pick(actorIds);
    const calls = [this.#save, this.#save, this.#repeat, this.#readAll, this.#readAll, this.#latest, this.#saveTaken];
    if (supports(store, "streaming")) calls.push(this.#stream, this.#stream);
    if (supports(store, "replayErrors")) calls.push(this.#readWithErrors);
    await Reflect.apply(this.#random.pick(calls), this, [store, actorId]);
  }

  log(step: string): void {
    this.#log.push(step);
  }

  /** Checks everything that was saved. */
  async finish(store: EventStore): Promise<void> {
    for (const actorId of actorIds) this.#check("getEvents", await store.getEvents(actorId), this.#stored(actorId));
    checkPositionsAscend(this.#given, this.#positions);
  }

  /** The last steps. */
  get #given(): unknown {
    return { lastSteps: this.#log.slice(-12), steps: this.#log.length };
  }

  #stored(actorId: string): readonly Event[] {
    return this.#model.get(actorId) ?? [];
  }

  #event(actorId: string, version: number): Event {
    const text = this.#random.pick(hostileTexts);
    const metadata = this.#random.below(2) === 0 ? {} : { metadata: { text, [text.slice(0, 40)]: "key" } };
    return {
      id: `${this.#random.pick(["", " ", "É", "x".repeat(40)])}${++this.#ids}${this.#random.pick(["", " ", "\n"])}`,
      eventType: this.#random.pick(eventTypes),
      actorId,
      version,
      data: { text, list: [this.#random.pick(hostileNumbers), { [text]: null }] },
      ...metadata,
      timestamp: this.#random.pick(hostileTimestamps),
    };
  }

  /** Creates one to five events whose versions ascend from above `version`, with and without gaps. */
  #events(actorId: string, version: number, count: number): readonly Event[] {
    const created: Event[] = [];
    let last = version;
    while (created.length < count && last < MAX - 10_000) {
      last += this.#random.pick([1, 1, 1, 2, 3, 9, 100, 4_096, ...(this.#random.below(8) === 0 ? [2 ** 31] : [])]);
      created.push(this.#event(actorId, last));
    }
    return created;
  }

  #send(store: EventStore, events: readonly Event[]): Promise<unknown> {
    const [first] = events;
    if (first === undefined || events.length > 1 || (supports(store, "batch") && this.#random.below(4) === 0)) {
      return (store as BatchEventStore).saveEvents(events);
    }
    return store.saveEvent(first).then((receipt) => [receipt]);
  }

  async #save(store: EventStore, actorId: string): Promise<void> {
    const stored = this.#stored(actorId);
    const count = supports(store, "batch") ? 1 + this.#random.below(5) : 1;
    const added = this.#events(actorId, stored.at(-1)?.version ?? 0, count);
    this.log(`saved ${versionsOf(added).join(", ")} of ${actorId}`);
    const receipts = (await this.#send(store, added)) as readonly SaveReceipt[];
    check("every event has its receipt, in the order of the events", {
      given: this.#given,
      expected: added.map(({ id, version, timestamp }) => ({ id, version, timestamp })),
      actual: receipts.map(({ id, version, timestamp }) => ({ id, version, timestamp })),
    });
    for (const { position } of receipts) this.#positions.push(position);
    this.#model.set(actorId, [...stored, ...added]);
  }

  /** Saves again what is already stored, exactly or with one other id. */
  async #repeat(store: EventStore, actorId: string): Promise<void> {
    const stored = this.#stored(actorId);
    if (stored.length === 0) return;
    const from = this.#random.below(stored.length);
    const count = supports(store, "batch") ? 1 + this.#random.below(4) : 1;
    const again = stored.slice(from, from + count);
    const changed = this.#random.below(again.length * 2);
    const sent = again.map((each, index) => (index === changed ? { ...each, id: `${each.id}!` } : each));
    await this.#checkConflict(store, sent, changed >= again.length);
  }

  /** Saves new events of which at least the first version is taken or in a gap. */
  async #saveTaken(store: EventStore, actorId: string): Promise<void> {
    const latest = this.#stored(actorId).at(-1)?.version ?? 0;
    if (latest === 0) return;
    const first = this.#event(actorId, 1 + this.#random.below(latest));
    const isBatch = supports(store, "batch") && this.#random.below(2) === 0;
    await this.#checkConflict(store, isBatch ? [first, ...this.#events(actorId, first.version, 2)] : [first], false);
  }

  async #checkConflict(store: EventStore, sent: readonly Event[], sameEvent: boolean): Promise<void> {
    const actorId = sent[0]?.actorId ?? "";
    this.log(`saved taken versions ${versionsOf(sent).join(", ")} of ${actorId}`);
    const outcome = await outcomeOf(this.#send(store, sent));
    const error = outcome.status === "rejected" && isVersionConflictError(outcome.reason) ? outcome.reason : undefined;
    check("a save of taken versions is rejected with a conflict that is true", {
      given: this.#given,
      expected: {
        actorId,
        attemptedVersion: sent[0]?.version,
        currentVersion: this.#stored(actorId).at(-1)?.version ?? 0,
        sameEvent,
      },
      actual:
        error === undefined
          ? outcome
          : {
              actorId: error.actorId,
              attemptedVersion: error.attemptedVersion,
              currentVersion: error.currentVersion,
              sameEvent: error.sameEvent,
            },
    });
  }

  /** A version of the actor's history, or one close to it. */
  #version(actorId: string): number {
    if (this.#random.below(3) === 0) return 0;
    const versions = [1, ...versionsOf(this.#stored(actorId))];
    return Math.max(0, this.#random.pick(versions) + this.#random.pick([-1, 0, 0, 1]));
  }

  async #readAll(store: EventStore, actorId: string): Promise<void> {
    const fromVersion = this.#version(actorId);
    const call = `getEvents of ${actorId} from ${fromVersion}`;
    const wanted = this.#stored(actorId).filter(({ version }) => version >= fromVersion);
    this.#check(call, await store.getEvents(actorId, fromVersion), wanted);
  }

  async #readWithErrors(store: EventStore, actorId: string): Promise<void> {
    const fromVersion = this.#version(actorId);
    const found = await (store as ReplayReportingEventStore).getEventsWithErrors(actorId, fromVersion);
    const wanted = this.#stored(actorId).filter(({ version }) => version >= fromVersion);
    this.#check(`getEventsWithErrors of ${actorId} from ${fromVersion}`, found.events, wanted);
    check("getEventsWithErrors reports no errors for an actor without malformed records", {
      given: this.#given,
      expected: [],
      actual: found.errors,
    });
  }

  async #stream(store: EventStore, actorId: string): Promise<void> {
    const options: ReadOptions = {
      ...(this.#random.below(2) === 0 ? { fromVersion: this.#version(actorId) } : {}),
      ...(this.#random.below(2) === 0 ? { toVersion: this.#version(actorId) } : {}),
      ...(this.#random.below(2) === 0 ? { limit: this.#random.below(8) } : {}),
      direction: this.#random.pick(["forward", "backward"]),
    };
    const { fromVersion = 0, toVersion = MAX, limit = MAX, direction } = options;
    const all = this.#stored(actorId).filter(({ version }) => version >= fromVersion && version <= toVersion);
    const wanted = (direction === "backward" ? all.toReversed() : all).slice(0, limit);
    const found = await collect((store as StreamingEventStore).readEvents(actorId, options));
    this.#check(`readEvents of ${actorId}, ${JSON.stringify(options)}`, found, wanted);
  }

  async #latest(store: EventStore, actorId: string): Promise<void> {
    this.log(`getLatestVersion of ${actorId}`);
    check("getLatestVersion returns the version of the last event", {
      given: this.#given,
      expected: this.#stored(actorId).at(-1)?.version ?? 0,
      actual: await store.getLatestVersion(actorId),
    });
  }

  #check(call: string, actual: readonly Event[], expected: readonly Event[]): void {
    this.log(call);
    check("after random calls, a read returns exactly the events of its range", {
      given: this.#given,
      expected,
      actual,
    });
    for (const each of actual) checkFrozen("events that are read are deeply frozen", this.#given, each);
  }
}

export const randomCalls: readonly StoreCase[] = storeCaseGroup("random calls", [
  {
    name: "random calls to one store return what a simple model returns",
    async run(context) {
      const store = await context.open();
      const calls = new RandomCalls(1);
      for (let made = 0; made < CALLS; made++) await calls.call(store);
      await calls.finish(store);
    },
  },
  {
    name: "random calls to a store that is often reopened return what a simple model returns",
    needs: ["durable"],
    async run(context) {
      const calls = new RandomCalls(2);
      let store = await context.open();
      for (let made = 0; made < CALLS; made++) {
        if (made % 6 === 5) {
          await store.close();
          calls.log("closed the store and opened it again");
          store = await context.open();
        }
        await calls.call(store);
      }
      await calls.finish(store);
    },
  },
  {
    name: "random calls to several open stores return what a simple model returns",
    needs: ["shared"],
    async run(context) {
      const stores = [await context.open(), await context.open()];
      const random = new SeededRandom(3);
      const calls = new RandomCalls(4);
      for (let made = 0; made < CALLS; made++) {
        const index = random.below(stores.length);
        calls.log(`with store ${index + 1}:`);
        await calls.call(stores[index] as EventStore);
      }
      for (const store of stores) await calls.finish(store);
    },
  },
]);
