import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { eventSubject, floorStream, floorSubject, snapshotStream, snapshotSubject } from "../src/subjects.ts";

/** The first token of an actor: its partition. */
const partitionDigit = (actorId: string): string => eventSubject("es", actorId).split(".")[2] ?? "";

import { clients } from "./support/clients.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The rows of the table with these titles. Cells in backticks are code. */
function rowsOf(...titles: readonly string[]): readonly (readonly string[])[] {
  const [, rows = ""] = readme.split(`| ${titles.join(" | ")} |\n|${" --- |".repeat(titles.length)}\n`);
  const table = rows.slice(0, rows.indexOf("\n\n"));
  return table.split("\n").map((row) =>
    row
      .slice(2, -2)
      .split(" | ")
      .map((cell) => cell.replaceAll("`", "")),
  );
}

describe("the table of partitions", () => {
  const rows = rowsOf("actor id", "hash", "partition");

  test("has ids of one and of several bytes per character", () => expect(rows).toHaveLength(6));

  test.each(rows)("%s has the hash %s and the partition %s", (actorId, hash, partition) => {
    expect(hash).toBe(fnv1a(actorId));
    expect(partition).toBe(partitionDigit(actorId));
  });
});

/** FNV-1a as RFC 9923 defines it, with 32 bits, in hexadecimal. */
function fnv1a(text: string): string {
  const offsetBasis = 2166136261n;
  const prime = 16777619n;
  const bytes = new TextEncoder().encode(text);
  const hash = bytes.reduce((sum, byte) => ((sum ^ BigInt(byte)) * prime) % 2n ** 32n, offsetBasis);
  return hash.toString(16).padStart(8, "0");
}

test.each(rowsOf("actor id", "subject"))("the events of %s have the subject %s", (actorId, subject) =>
  expect(subject).toBe(eventSubject("orders", actorId)),
);

describe("the records", () => {
  const server = onOneServer();

  afterEach(() => void vi.useRealTimers());

  test.each(clients)("are stored as they are shown, through $client", async (client) => {
    const timestamp = "2026-02-28T12:00:00.000Z";
    vi.useFakeTimers({ now: new Date(timestamp), toFake: ["Date"] });
    const connection = await server.connect(client);
    const store = await server.open(client, { streamRetention: 3_600_000 }, connection);
    const { streamName } = store;
    const actorId = "order-1";
    await store.saveEvent({ actorId, version: 1, eventType: "OrderPlaced", data: { item: "lamp" }, id: "e1" });
    await store.saveSnapshot({ actorId, version: 1, state: { item: "lamp" } });
    const stored = [
      await recordOf(streamName, eventSubject(streamName, actorId)),
      await recordOf(snapshotStream(streamName), snapshotSubject(streamName, actorId)),
      await recordOf(floorStream(streamName), floorSubject(streamName, actorId)),
    ];
    expect(stored.map((record) => record.replace(streamName, "orders"))).toEqual(shownRecords());

    async function recordOf(stream: string, subject: string): Promise<string> {
      const [message] = await new RawStream(connection, stream).messages(subject);
      const headers = message?.headers.replace("NATS/1.0\r\n", "").replaceAll("\r\n", "\n");
      return `${subject}\n${headers}${message?.data}\n`;
    }
  });
});

/** The text blocks of the section "Records". */
function shownRecords(): readonly string[] {
  return [...readme.matchAll(/^```text\n(.*?)^```$/gms)].map(([, record = ""]) => record);
}
