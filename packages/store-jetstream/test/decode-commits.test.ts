import type { Event, Position } from "@aether/core";
import { describe, expect, test, vi } from "vitest";
import { decodeCommits } from "../src/protocol/decode-commits.ts";
import { Positions } from "../src/protocol/positions.ts";
import type { StoredMessage } from "../src/protocol/stored-message.ts";

const event = (version: number, more: object = {}): Event => ({
  id: `e${version}`,
  eventType: "Tested",
  actorId: "a",
  version,
  data: { n: version },
  timestamp: "2026-01-01T00:00:00Z",
  ...more,
});
const message = (data: string | Uint8Array): StoredMessage => ({
  sequence: 7,
  data: typeof data === "string" ? new TextEncoder().encode(data) : data,
  header: () => undefined,
});

const positions = new Positions("2026-01-01T00:00:00.123456789Z");
/** The index in a position of the message. */
const indexOf = ({ position }: { readonly position: Position }): number => positions.indexOf(position);

describe("decodeCommits", () => {
  test("reads an object and an array", async () => {
    expect(await decodeCommits([message(JSON.stringify(event(1)))], "a", positions)).toEqual({
      events: [event(1)],
      errors: [],
      ends: [1],
      indices: [0],
    });
    expect((await decodeCommits([message(JSON.stringify([event(1), event(2)]))], "a", positions)).events).toEqual([
      event(1),
      event(2),
    ]);
  });

  test.each([
    ["truncated JSON", '{"id":"e1"'],
    ["an empty payload", ""],
    ["a number", "7"],
    ["an empty array", "[]"],
    ["invalid UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
    ["a megabyte of brackets", "[".repeat(1_000_000)],
    ["deep nesting", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["another actor's event", JSON.stringify(event(1, { actorId: "b" }))],
    ["an invalid version", JSON.stringify(event(1, { version: "1" }))],
    ["no data", JSON.stringify(event(1, { data: undefined }))],
  ])("%s is reported as one error with the bytes, not thrown", async (_name, data) => {
    const stored = message(data);
    const { events, errors } = await decodeCommits([stored], "a", positions);
    expect(events).toEqual([]);
    expect(errors).toHaveLength(1);
    expect(errors.map(indexOf)).toEqual([0]);
    expect(errors[0]?.position).toBe(positions.lastOf(7, stored.data));
    expect(errors[0]?.raw).toBe(stored.data);
    expect(errors[0]?.cause).toBeInstanceOf(Error);
  });

  test("a malformed record does not affect the others of its commit", async () => {
    const { events, errors } = await decodeCommits(
      [message(JSON.stringify([event(1), { id: 7 }, event(2)]))],
      "a",
      positions,
    );
    expect(events).toEqual([event(1), event(2)]);
    expect(errors.map(indexOf)).toEqual([1]);
  });

  test("a version that does not ascend is an error, within the commit and after earlier versions", async () => {
    const { events, errors } = await decodeCommits(
      [message(JSON.stringify([event(4), event(6), event(6), event(5)]))],
      "a",
      positions,
      4,
    );
    expect(events).toEqual([event(6)]);
    expect(errors.map(indexOf)).toEqual([0, 2, 3]);
  });

  test("an array in which no record is an event is one malformed record", async () => {
    for (const data of [`[${"0,".repeat(199_999)}0]`, "[{},{}]", `[${"{},".repeat(300_000)}0]`]) {
      const { events, errors, ends } = await decodeCommits([message(data)], "a", positions);
      expect(events).toEqual([]);
      expect(ends).toEqual([0]);
      expect(errors.map(indexOf)).toEqual([0]);
      expect(errors[0]?.cause).toMatchObject({ message: expect.stringMatching(/array of \d+ records, none of which/) });
    }
  });

  test("up to 100 malformed records of a message are reported separately, and the rest as one", async () => {
    const bad = `${'{"a":0},'.repeat(50_000)}`;
    const data = `[${JSON.stringify(event(1))},${bad}${JSON.stringify(event(2))},0]`;
    const { events, errors } = await decodeCommits([message(data)], "a", positions);
    expect(events).toEqual([event(1), event(2)]);
    const indices = Array.from({ length: 101 }, (_, index) => index + 1);
    expect(errors.map(indexOf)).toEqual(indices);
    expect(errors.at(-1)?.cause).toMatchObject({ message: expect.stringContaining("the first of 49901 further") });
  });

  test("an event of the actor is found after any number of malformed records that resemble it", async () => {
    const taken = JSON.stringify(event(1));
    const data = `[${`${taken},`.repeat(5_000)}${JSON.stringify(event(2))}]`;
    const { events, errors } = await decodeCommits([message(data)], "a", positions);
    expect(events).toEqual([event(1), event(2)]);
    expect(errors).toHaveLength(101);
  });

  test.each([
    ["large messages", Array.from({ length: 20 }, () => message(`"${"x".repeat(64 * 1_024)}"`)), 20],
    ["many small messages", Array.from({ length: 1_000 }, () => message("x".repeat(1_024))), 15],
    ["a message with many malformed records", [message(`[${`${JSON.stringify(event(1))},`.repeat(2_000)}0]`)], 19],
  ])("the event loop continues while %s are decoded", async (_name, messages, least) => {
    // On a machine this slow, each step uses up its time slice.
    vi.spyOn(performance, "now").mockImplementation(() => (now += 100));
    let now = 0;
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await decodeCommits(messages, "a", positions);
    isDone = true;
    vi.restoreAllMocks();
    expect(turns).toBeGreaterThanOrEqual(least);
  });

  test("a few messages are decoded without a pause", async () => {
    let turns = 0;
    const immediate = setImmediate(() => turns++);
    await decodeCommits([message(JSON.stringify(event(1))), message(JSON.stringify(event(2)))], "a", positions);
    clearImmediate(immediate);
    expect(turns).toBe(0);
  });
});
