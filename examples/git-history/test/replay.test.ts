import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, it, vi } from "vitest";
import type { FileEvent } from "../src/events/file-event.ts";
import { initialState } from "../src/events/file-state.ts";
import { replay } from "../src/replay.ts";
import { appendEvents } from "../src/writers/append.ts";
import { saveAlone } from "../src/writers/save-next.ts";
import { loggedEvents } from "./support/logged-events.ts";

describe("replay", () => {
  it("reads every path, 32 at a time, and reports progress", async () => {
    const paths = Array.from({ length: 100 }, (_, index) => `file-${index}`);
    const store = new MemoryEventStore<FileEvent>();
    await appendEvents(saveAlone(store), loggedEvents(paths, 2));
    let inFlight = 0;
    let maxInFlight = 0;
    const getEvents = store.getEvents.bind(store);
    vi.spyOn(store, "getEvents").mockImplementation(async (...args) => {
      maxInFlight = Math.max(maxInFlight, ++inFlight);
      const events = await getEvents(...args);
      inFlight -= 1;
      return events;
    });
    const onProgress = vi.fn();
    const states = await replay(store, [...paths, "no-such-file"], { onProgress });
    expect(states.size).toBe(101);
    expect(states.get("file-99")).toEqual({
      changes: 2,
      binaryChanges: 0,
      lines: 2,
      lastOrdinal: 200,
      isBinary: false,
    });
    expect(states.get("no-such-file")).toEqual(initialState);
    expect(maxInFlight).toBe(32);
    expect(onProgress).toHaveBeenLastCalledWith(200);
  });

  it("rejects when the signal is aborted", async () => {
    const reason = new Error("stop");
    const store = new MemoryEventStore<FileEvent>();
    await expect(replay(store, ["a"], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
