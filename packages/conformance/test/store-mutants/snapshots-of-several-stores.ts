import {
  type CallOptions,
  InvalidArgumentError,
  type NewSnapshot,
  OutcomeUnknownError,
  type Snapshot,
  StoreClosedError,
} from "@aether/core";
import { nextTurn } from "../../src/checks/next-turn.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const highest = "snapshots: of snapshots that are saved at the same time, the one with the highest version wins";
const shared = "snapshots: a store reads the snapshots of other stores, and knows the events that they belong to";
const remains = "snapshots: snapshots remain after the store is closed and opened again";
const apart = "snapshots: actors have separate snapshots, whatever their ids";
const large = "snapshots: a large snapshot is stored unchanged, or rejected as too large";
const aborted = "snapshots: a snapshot that is aborted in flight is saved, or rejected with signal.reason";
const abortedRead =
  "aborting: a read that is aborted in flight returns the complete result, or rejects with signal.reason";
const inFlight = "snapshots: snapshots in flight are saved and read although the store is closed";
const ahead = "snapshots: a snapshot with a version above its actor's latest is rejected";

/** Returns a store class that changes the result of `getLatestSnapshot` after one turn. */
function reading(
  change: (store: { readonly isClosed: boolean }, options?: CallOptions) => "result" | "none",
): StoreClass {
  return class extends ReferenceStore {
    override async getLatestSnapshot<State extends object>(
      actorId: string,
      options?: CallOptions,
    ): Promise<Snapshot<State> | undefined> {
      const found = await super.getLatestSnapshot<State>(actorId, options);
      await nextTurn();
      return change({ isClosed: this.closed }, options) === "result" ? found : undefined;
    }
  };
}

export const severalSnapshotMutants: readonly Mutant[] = [
  mutant(
    "compares a snapshot with the kept one before an asynchronous step",
    [highest],
    class extends ReferenceStore {
      protected override isOlder(): boolean {
        return false;
      }
      override async saveSnapshot<State extends object>(
        snapshot: NewSnapshot<State>,
        options?: CallOptions,
      ): Promise<void> {
        const kept = this.snapshot(snapshot.actorId)?.version ?? 0;
        await nextTurn();
        if (super.isOlder(snapshot.version, kept)) return;
        await super.saveSnapshot(snapshot, options);
      }
    },
  ),
  mutant(
    "keeps the snapshot that it has read",
    [shared],
    class extends ReferenceStore {
      readonly #kept = new Map<string, Snapshot>();
      protected override putSnapshot(snapshot: NewSnapshot): void {
        super.putSnapshot(snapshot);
        this.#kept.delete(snapshot.actorId);
      }
      protected override snapshot(actorId: string): Snapshot | undefined {
        const found = this.#kept.get(actorId) ?? super.snapshot(actorId);
        if (found !== undefined) this.#kept.set(actorId, found);
        return found;
      }
    },
  ),
  mutant(
    "compares the version of a snapshot with the latest version that it knew before",
    [ahead],
    class extends ReferenceStore {
      readonly #latest = new Map<string, number>();
      protected override putSnapshot(snapshot: NewSnapshot): void {
        const { actorId, version } = snapshot;
        const latest = this.#latest.get(actorId) ?? this.latestVersion(actorId);
        this.#latest.set(actorId, latest);
        if (version > latest) throw new InvalidArgumentError({ argument: "snapshot.version", reason: "is too high" });
        super.putSnapshot(snapshot);
      }
    },
  ),
  mutant(
    "loses its snapshots when it is closed",
    [remains],
    class extends ReferenceStore {
      override async close(): Promise<void> {
        await super.close();
        this.storage.snapshots.clear();
      }
    },
  ),
  mutant(
    "ignores the case of actor ids when it keeps snapshots",
    [apart],
    class extends ReferenceStore {
      protected override putSnapshot(snapshot: NewSnapshot): void {
        super.putSnapshot(snapshot);
        const json = this.storage.snapshots.get(snapshot.actorId) ?? "";
        this.storage.snapshots.set(snapshot.actorId.toUpperCase(), json);
      }
      protected override snapshot(actorId: string): Snapshot | undefined {
        const json = this.storage.snapshots.get(actorId.toUpperCase());
        return json === undefined ? undefined : this.decodeSnapshot(json);
      }
    },
  ),
  mutant(
    "does not keep snapshots above 256 KiB, and reports no error",
    [large],
    class extends ReferenceStore {
      protected override putSnapshot(snapshot: NewSnapshot): void {
        if (JSON.stringify(snapshot).length < 262_144) super.putSnapshot(snapshot);
      }
    },
  ),
  mutant(
    "rejects snapshots above 1 MiB with an error of its own",
    [large],
    class extends ReferenceStore {
      protected override putSnapshot(snapshot: NewSnapshot): void {
        if (JSON.stringify(snapshot).length > 1_048_576) throw new Error("payload too large");
        super.putSnapshot(snapshot);
      }
    },
  ),
  mutant(
    "rejects an aborted snapshot with OutcomeUnknownError",
    [aborted],
    class extends ReferenceStore {
      override async saveSnapshot<State extends object>(
        snapshot: NewSnapshot<State>,
        options?: CallOptions,
      ): Promise<void> {
        await super.saveSnapshot(snapshot, options);
        await nextTurn();
        if (options?.signal?.aborted) throw new OutcomeUnknownError({ actorId: snapshot.actorId, eventIds: [] });
      }
    },
  ),
  mutant(
    "resolves an aborted snapshot without saving it",
    [aborted],
    class extends ReferenceStore {
      override async saveSnapshot<State extends object>(
        snapshot: NewSnapshot<State>,
        options?: CallOptions,
      ): Promise<void> {
        this.checkOpen(options);
        await nextTurn();
        if (!options?.signal?.aborted) await super.saveSnapshot(snapshot, options);
      }
    },
  ),
  mutant(
    "returns no snapshot when the read is aborted",
    [abortedRead],
    reading((_, options) => (options?.signal?.aborted ? "none" : "result")),
  ),
  mutant(
    "rejects a read of a snapshot that is aborted with an error of its own",
    [abortedRead],
    reading((_, options) => {
      if (options?.signal?.aborted) throw new Error("aborted");
      return "result";
    }),
  ),
  mutant(
    "rejects reads of snapshots that are in flight when it is closed",
    [inFlight],
    reading(({ isClosed }) => {
      if (isClosed) throw new StoreClosedError();
      return "result";
    }),
  ),
];
