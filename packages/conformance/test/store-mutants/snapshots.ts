import type { CallOptions, NewSnapshot, Snapshot } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

export const snapshotMutants: readonly Mutant[] = [
  mutant(
    "returns null if there is no snapshot",
    ["snapshots: without a snapshot, getLatestSnapshot returns undefined"],
    class extends ReferenceStore {
      override async getLatestSnapshot<State extends object>(
        actorId: string,
        options?: CallOptions,
      ): Promise<Snapshot<State> | undefined> {
        return (await super.getLatestSnapshot<State>(actorId, options)) ?? (null as unknown as undefined);
      }
    },
  ),
  mutant(
    "loses the timestamp of a snapshot",
    ["snapshots: a snapshot is read back unchanged, with a timestamp"],
    class extends ReferenceStore {
      protected override decodeSnapshot(json: string): Snapshot {
        return { ...super.decodeSnapshot(json), timestamp: "" };
      }
    },
  ),
  mutant(
    "lets a snapshot replace one with a higher version",
    ["snapshots: the snapshot with the highest version wins, regardless of the order of the saves"],
    class extends ReferenceStore {
      protected override isOlder(): boolean {
        return false;
      }
    },
  ),
  mutant(
    "compares the versions of snapshots as text",
    ["snapshots: the snapshot with the highest version wins, regardless of the order of the saves"],
    class extends ReferenceStore {
      protected override isOlder(version: number, kept: number): boolean {
        return String(version) < String(kept);
      }
    },
  ),
  mutant(
    "keeps the first of two snapshots of the same version",
    ["snapshots: a snapshot replaces an earlier one of the same version"],
    class extends ReferenceStore {
      protected override isOlder(version: number, kept: number): boolean {
        return version <= kept;
      }
    },
  ),
  mutant(
    "accepts a snapshot with a version above the latest",
    ["snapshots: a snapshot with a version above its actor's latest is rejected"],
    class extends ReferenceStore {
      protected override isAhead(): boolean {
        return false;
      }
    },
  ),
  mutant(
    "saves a snapshot in the form that JSON converts it to",
    ["snapshots: an invalid snapshot, or a state that JSON cannot represent, is rejected"],
    class extends ReferenceStore {
      override async saveSnapshot<State extends object>(snapshot: NewSnapshot<State>): Promise<void> {
        const text = JSON.stringify(snapshot, (_, value) => (typeof value === "bigint" ? String(value) : value));
        await super.saveSnapshot(JSON.parse(text) as NewSnapshot);
      }
    },
  ),
  mutant(
    "reads the caller's snapshot after an asynchronous step",
    ["snapshots: a snapshot is copied when it is saved, and frozen when it is read"],
    class extends ReferenceStore {
      override async saveSnapshot<State extends object>(
        snapshot: NewSnapshot<State>,
        options?: CallOptions,
      ): Promise<void> {
        await undefined;
        await super.saveSnapshot(snapshot, options);
      }
    },
  ),
  mutant(
    "does not freeze snapshots",
    ["snapshots: a snapshot is copied when it is saved, and frozen when it is read"],
    class extends ReferenceStore {
      protected override decodeSnapshot(json: string): Snapshot {
        return JSON.parse(json) as Snapshot;
      }
    },
  ),
];
