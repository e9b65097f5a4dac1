import { isAetherError } from "@aether/core";
import { describe, expect, test } from "vitest";
import { formatPosition, parsePosition, partitionOf, readFeedOptions, readListOptions } from "../src/index.ts";

const after = formatPosition({ sequence: 7, index: 1, incarnation: "k3v9", stamp: "5" });
const event = { eventType: "OrderPlaced", actorId: "order-1" };

describe("readFeedOptions", () => {
  test("fills in the defaults", () => {
    const range = { after: undefined, follow: false, partition: undefined, signal: undefined, accepts: undefined };
    expect(readFeedOptions()).toEqual(range);
    expect(readFeedOptions({})).toEqual(range);
    const unset = { after: undefined, follow: undefined, eventTypes: undefined, actorIdPrefix: undefined };
    expect(readFeedOptions({ ...unset, partition: undefined, signal: undefined })).toEqual(range);
  });

  test("returns what was given", () => {
    const { signal } = new AbortController();
    const range = readFeedOptions({ after, follow: true, partition: 0, signal });
    expect(range).toMatchObject({ after: parsePosition(after, "after"), follow: true, partition: 0 });
    expect(range.signal).toBe(signal);
  });

  test.each<[string, object]>([
    ["options", null as never],
    ["options", 5 as never],
    ["options", "all" as never],
    ["options.signal", { signal: {} }],
    ["options.signal", { signal: null }],
    ["options.after", { after: null }],
    ["options.after", { after: "" }],
    ["options.after", { after: "latest" }],
    ["options.after", { after: 7 }],
    ["options.after", { after: new String(after) }],
    ["options.follow", { follow: 1 }],
    ["options.follow", { follow: null }],
    ["options.follow", { follow: "true" }],
    ["options.eventTypes", { eventTypes: "OrderPlaced" }],
    ["options.eventTypes", { eventTypes: null }],
    ["options.eventTypes", { eventTypes: new Set(["OrderPlaced"]) }],
    ["options.eventTypes[0]", { eventTypes: [1] }],
    ["options.eventTypes[1]", { eventTypes: ["OrderPlaced", ""] }],
    // biome-ignore lint/suspicious/noSparseArray: a hole is one of the mistakes
    ["options.eventTypes[1]", { eventTypes: ["OrderPlaced", , "OrderShipped"] }],
    ["options.actorIdPrefix", { actorIdPrefix: 5 }],
    ["options.actorIdPrefix", { actorIdPrefix: null }],
    ["options.actorIdPrefix", { actorIdPrefix: ["order-"] }],
    ["options.partition", { partition: -1 }],
    ["options.partition", { partition: 16 }],
    ["options.partition", { partition: 1.5 }],
    ["options.partition", { partition: Number.NaN }],
    ["options.partition", { partition: "1" }],
    ["options.partition", { partition: null }],
    ["options.partition", { partition: 1n }],
  ])("rejects invalid %s: %o", (argument, options) => {
    expect(invalidArgument(() => readFeedOptions(options as never))).toBe(argument);
  });

  test("reports a getter that throws", () => {
    const options = {
      get partition(): number {
        throw new Error("no");
      },
    };
    expect(invalidArgument(() => readFeedOptions(options))).toBe("options");
  });

  test("reports types that throw when they are read", () => {
    const { proxy: revoked, revoke } = Proxy.revocable<string[]>([], {});
    revoke();
    const hostile = Object.defineProperty(["OrderPlaced"], 0, {
      get: () => {
        throw new Error("no");
      },
    });
    expect(invalidArgument(() => readFeedOptions({ eventTypes: revoked }))).toBe("options.eventTypes");
    expect(invalidArgument(() => readFeedOptions({ eventTypes: hostile }))).toBe("options.eventTypes[0]");
  });

  test("accepts events that meet every condition", () => {
    const accepts = (options: Parameters<typeof readFeedOptions>[0]) => readFeedOptions(options).accepts?.(event);
    const partition = partitionOf(event.actorId);
    expect(accepts({ eventTypes: ["OrderPlaced"], actorIdPrefix: "order-", partition })).toBe(true);
    expect(accepts({ eventTypes: ["OrderShipped", "OrderPlaced"] })).toBe(true);
    expect(accepts({ eventTypes: ["OrderShipped"] })).toBe(false);
    expect(accepts({ eventTypes: [] })).toBe(false);
    expect(accepts({ actorIdPrefix: "order-1" })).toBe(true);
    expect(accepts({ actorIdPrefix: "rder" })).toBe(false);
    expect(accepts({ partition: (partition + 1) % 16 })).toBe(false);
    expect(accepts({ actorIdPrefix: "" })).toBeUndefined();
  });

  test("copies the types", () => {
    const eventTypes = ["OrderPlaced"];
    const { accepts } = readFeedOptions({ eventTypes });
    eventTypes[0] = "OrderShipped";
    expect(accepts?.(event)).toBe(true);
  });
});

describe("readListOptions", () => {
  test("fills in the defaults", () => {
    expect(readListOptions()).toEqual({ actorIdPrefix: "", signal: undefined });
    expect(readListOptions({ actorIdPrefix: undefined })).toEqual({ actorIdPrefix: "", signal: undefined });
    expect(readListOptions({ actorIdPrefix: "order-" }).actorIdPrefix).toBe("order-");
  });

  test.each<[string, unknown]>([
    ["options", null],
    ["options", "order-"],
    ["options.signal", { signal: 5 }],
    ["options.actorIdPrefix", { actorIdPrefix: 5 }],
    ["options.actorIdPrefix", { actorIdPrefix: null }],
  ])("rejects invalid %s: %o", (argument, options) => {
    expect(invalidArgument(() => readListOptions(options as never))).toBe(argument);
  });
});

function invalidArgument(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (isAetherError(error, "AETHER_INVALID_ARGUMENT")) return error.argument;
    throw error;
  }
  return undefined;
}
