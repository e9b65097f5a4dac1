import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, it, vi } from "vitest";
import type { FileEvent } from "../../src/events/file-event.ts";
import { replay } from "../../src/replay.ts";
import { type AppendTally, appendEvents, sumTallies } from "../../src/writers/append.ts";
import { saveAlone, saveCompeting } from "../../src/writers/save-next.ts";
import { loggedEvents } from "../support/logged-events.ts";

const newStore = () => new MemoryEventStore<FileEvent>();

describe("a single writer", () => {
  it("appends every event, in order per actor, without reading", async () => {
    const store = newStore();
    const reads = [vi.spyOn(store, "getLatestVersion"), vi.spyOn(store, "getEvents")];
    const tally = await appendEvents(saveAlone(store), loggedEvents(["a", "b"], 3));
    expect(tally).toEqual({ appended: 6, conflicts: 0, conflictsResolved: 0 });
    for (const read of reads) expect(read).not.toHaveBeenCalled();
    const stored = await store.getEvents("b");
    expect(stored.map(({ version, data }) => [version, data.ordinal])).toEqual([
      [1, 2],
      [2, 4],
      [3, 6],
    ]);
    expect(stored[0]).toMatchObject({
      eventType: "FileAdded",
      data: { content: "text", added: 1, deleted: 0 },
      metadata: { correlationId: "1".padStart(40, "0") },
      timestamp: "2026-02-28T12:00:00+01:00",
    });
  });

  it("appends to 64 actors at once, one event at a time each", async () => {
    const store = newStore();
    const inFlight: string[] = [];
    let maxInFlight = 0;
    const save = saveAlone(store);
    const paths = Array.from({ length: 100 }, (_, index) => `file-${index}`);
    await appendEvents(
      async (actorId, ...rest) => {
        expect(inFlight).not.toContain(actorId);
        inFlight.push(actorId);
        maxInFlight = Math.max(maxInFlight, inFlight.length);
        const version = await save(actorId, ...rest);
        inFlight.splice(inFlight.indexOf(actorId), 1);
        return version;
      },
      loggedEvents(paths, 2),
    );
    expect(maxInFlight).toBe(64);
  });

  it("fails if another writer has saved an event", async () => {
    const store = newStore();
    await appendEvents(saveAlone(store), loggedEvents(["a"], 1));
    await expect(appendEvents(saveAlone(store), loggedEvents(["a"], 1))).rejects.toMatchObject({
      code: "AETHER_VERSION_CONFLICT",
    });
  });

  it("stops when the signal is aborted", async () => {
    const controller = new AbortController();
    const reason = new Error("stop");
    const store = newStore();
    const onProgress = ({ appended }: AppendTally): void => {
      if (appended === 2) controller.abort(reason);
    };
    const options = { signal: controller.signal, onProgress };
    await expect(appendEvents(saveAlone(store, controller.signal), loggedEvents(["a"], 9), options)).rejects.toBe(
      reason,
    );
    expect(await store.getLatestVersion("a")).toBe(2);
  });
});

describe("several writers", () => {
  it("conflict and lose no event", async () => {
    const store = newStore();
    const latestVersion = vi.spyOn(store, "getLatestVersion");
    const events = loggedEvents(["a", "b", "c"], 40);
    const shares = [0, 1, 2, 3].map((writer) => events.filter((_, index) => index % 4 === writer));
    const progress: AppendTally[] = [];
    const tallies = await Promise.all(
      shares.map((share, writer) =>
        appendEvents(saveCompeting(store), share, writer === 0 ? { onProgress: (tally) => progress.push(tally) } : {}),
      ),
    );
    for (const [writer, tally] of tallies.entries()) {
      expect(tally.appended).toBe(shares[writer]?.length);
      expect(tally.conflictsResolved).toBe(tally.conflicts);
    }
    expect(sumTallies(tallies).conflicts).toBeGreaterThan(0);
    expect(progress.at(-1)).toEqual(tallies[0]);
    for (const state of (await replay(store, ["a", "b", "c"])).values()) {
      expect(state).toEqual({
        changes: 40,
        binaryChanges: 0,
        lines: 40,
        lastOrdinal: expect.any(Number),
        isBinary: false,
      });
    }
    // The writers save without first requesting the latest version.
    expect(latestVersion).not.toHaveBeenCalled();
  });

  it("do not retry other errors", async () => {
    const store = newStore();
    await store.close();
    await expect(appendEvents(saveCompeting(store), loggedEvents(["a"], 1))).rejects.toMatchObject({
      code: "AETHER_STORE_CLOSED",
    });
  });
});
