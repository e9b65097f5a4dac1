import type { CallOptions, NewSnapshot, Snapshot } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

export const snapshotMutants: readonly Mutant[] = [
  mutant(
    "has null where there is no snapshot",
    ["snapshots: without a snapshot there is undefined"],
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
    "keeps no time of a snapshot",
    ["snapshots: a snapshot is read back whole, with the time when it was taken"],
    class extends ReferenceStore {
      protected override decodeSnapshot(json: string): Snapshot {
        return { ...super.decodeSnapshot(json), timestamp: "" };
      }
    },
  ),
  mutant(
    "lets an older snapshot overwrite a newer",
    ["snapshots: the newest version wins, in whatever order snapshots come"],
    class extends ReferenceStore {
      protected override isOlder(): boolean {
        return false;
      }
    },
  ),
  mutant(
    "compares the versions of snapshots as text",
    ["snapshots: the newest version wins, in whatever order snapshots come"],
    class extends ReferenceStore {
      protected override isOlder(version: number, kept: number): boolean {
        return String(version) < String(kept);
      }
    },
  ),
  mutant(
    "keeps the first of two snapshots of one version",
    ["snapshots: a snapshot takes the place of one of the same version"],
    class extends ReferenceStore {
      protected override isOlder(version: number, kept: number): boolean {
        return version <= kept;
      }
    },
  ),
  mutant(
    "accepts a snapshot of the future",
    ["snapshots: a snapshot ahead of its actor's events is refused"],
    class extends ReferenceStore {
      protected override isAhead(): boolean {
        return false;
      }
    },
  ),
  mutant(
    "saves what JSON makes of a snapshot",
    ["snapshots: a snapshot that JSON cannot carry is refused"],
    class extends ReferenceStore {
      override async saveSnapshot<State extends object>(snapshot: NewSnapshot<State>): Promise<void> {
        const text = JSON.stringify(snapshot, (_, value) => (typeof value === "bigint" ? String(value) : value));
        await super.saveSnapshot(JSON.parse(text) as NewSnapshot);
      }
    },
  ),
  mutant(
    "reads a snapshot only after it has waited",
    ["snapshots: a snapshot is detached from the caller, and frozen for the reader"],
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
    ["snapshots: a snapshot is detached from the caller, and frozen for the reader"],
    class extends ReferenceStore {
      protected override decodeSnapshot(json: string): Snapshot {
        return JSON.parse(json) as Snapshot;
      }
    },
  ),
];
