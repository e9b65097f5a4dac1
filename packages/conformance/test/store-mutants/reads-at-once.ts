import { abortable, type CallOptions, type Event, type EventsWithErrors } from "@aether/core";
import { nextTurn } from "../../src/checks/next-turn.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const fresh = "races: a read after a save returns its event, even if an earlier read is still in flight";
const ranges = "races: reads of different ranges at the same time return their own ranges";
const abortOfOne = "races: an aborted read does not affect the same read of another caller";
const unchanged = "races: the result of a read does not change when events are saved later";

/** A store that joins reads of one actor that are in flight. */
abstract class Joining extends ReferenceStore {
  readonly #inFlight = new Map<string, Promise<readonly Event[]>>();
  protected abstract start(actorId: string, fromVersion: number, options?: CallOptions): Promise<readonly Event[]>;
  override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
    const joined =
      this.#inFlight.get(actorId) ??
      this.start(actorId, fromVersion, options).finally(() => this.#inFlight.delete(actorId));
    this.#inFlight.set(actorId, joined);
    return this.from(await joined, fromVersion);
  }
}

export const readsAtOnceMutants: readonly Mutant[] = [
  mutant(
    "joins reads that are in flight, even if one of them began before a save",
    [fresh],
    class extends Joining {
      protected override async start(actorId: string): Promise<readonly Event[]> {
        const events = await super.getEventsWithErrors(actorId);
        await nextTurn();
        return events.events;
      }
    },
  ),
  mutant(
    "joins calls of getLatestVersion that are in flight",
    [fresh],
    class extends ReferenceStore {
      #inFlight: Promise<number> | undefined;
      override async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
        const version = await super.getLatestVersion(actorId, options);
        this.#inFlight ??= nextTurn().then(() => {
          this.#inFlight = undefined;
          return version;
        });
        return this.#inFlight;
      }
    },
  ),
  mutant(
    "joins reads that begin at different versions",
    [ranges],
    class extends Joining {
      protected override async start(actorId: string, fromVersion: number): Promise<readonly Event[]> {
        return (await super.getEventsWithErrors(actorId, fromVersion)).events;
      }
    },
  ),
  mutant(
    "rejects every joined read when one of them is aborted",
    [abortOfOne],
    class extends Joining {
      protected override async start(actorId: string, _: number, options?: CallOptions): Promise<readonly Event[]> {
        await abortable(nextTurn(), options?.signal);
        return (await super.getEventsWithErrors(actorId)).events;
      }
    },
  ),
  mutant(
    "returns the array of events that it extends later",
    [unchanged],
    class extends ReferenceStore {
      readonly #results = new Map<string, Event[]>();
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        const { events } = await super.getEventsWithErrors(actorId, fromVersion, options);
        const kept = this.#results.get(`${actorId} ${fromVersion}`) ?? [];
        this.#results.set(`${actorId} ${fromVersion}`, kept);
        kept.splice(0, kept.length, ...events);
        return kept;
      }
    },
  ),
  mutant(
    "returns the array of events that it extends later from getEventsWithErrors",
    [unchanged],
    class extends ReferenceStore {
      readonly #results = new Map<string, Event[]>();
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        return (await super.getEventsWithErrors(actorId, fromVersion, options)).events;
      }
      override async getEventsWithErrors(actorId: string, from = 0, options?: CallOptions): Promise<EventsWithErrors> {
        const { events, errors } = await super.getEventsWithErrors(actorId, from, options);
        const kept = this.#results.get(`${actorId} ${from}`) ?? [];
        this.#results.set(`${actorId} ${from}`, kept);
        kept.splice(0, kept.length, ...events);
        return { events: kept, errors };
      }
    },
  ),
];
