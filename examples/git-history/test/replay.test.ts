import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, it, vi } from "vitest";
import type { FileEvent } from "../src/events/file-event.ts";
import { noFile } from "../src/events/file-state.ts";
import { replay } from "../src/replay.ts";
import { appendEvents } from "../src/writers/append.ts";
import { saveAlone } from "../src/writers/save-next.ts";
import { loggedEvents } from "./support/logged-events.ts";

describe("replay", () => {
  it("reads every path, a bounded number at once, and says how far it is", async () => {
    const paths = Array.from({ length: 100 }, (_, index) => `file-${index}`);
    const store = new MemoryEventStore<FileEvent>();
    await appendEvents(saveAlone(store), loggedEvents(paths, 2));
    let underWay = 0;
    let most = 0;
    const getEvents = store.getEvents.bind(store);
    vi.spyOn(store, "getEvents").mockImplementation(async (...args) => {
      most = Math.max(most, ++underWay);
      const events = await getEvents(...args);
      underWay -= 1;
      return events;
    });
    const onProgress = vi.fn();
    const states = await replay(store, [...paths, "nobody"], { onProgress });
    expect(states.size).toBe(101);
    expect(states.get("file-99")).toEqual({ changes: 2, binaryChanges: 0, lines: 2, lastOrdinal: 200, binary: false });
    expect(states.get("nobody")).toEqual(noFile);
    expect(most).toBe(32);
    expect(onProgress).toHaveBeenLastCalledWith(200);
  });

  it("stops when it is told to", async () => {
    const reason = new Error("stop");
    const store = new MemoryEventStore<FileEvent>();
    await expect(replay(store, ["a"], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
