import type { Event, EventBroadcaster, EventStored } from "@aether/core";
import { expect, test, vi } from "vitest";
import { type AnnouncementLostError, announcerFor } from "../src/index.ts";

const defaults = { newId: () => "made-id", now: () => "2026-01-01T00:00:00Z" };
const event = (actorId: string, version: number): Event => ({
  id: `${actorId}@${version}`,
  eventType: "Tested",
  actorId,
  version,
  data: {},
  timestamp: "2025-01-01T00:00:00Z",
});
const busWith = (publish: (namespace: string, event: EventStored) => Promise<void>): EventBroadcaster<EventStored> =>
  ({ publish }) as EventBroadcaster<EventStored>;

test("announces a stored event, with a reference to it", async () => {
  const published: unknown[] = [];
  const bus = busWith(async (...call) => void published.push(call));
  const announcer = announcerFor({ bus, busNamespace: "orders" }, defaults);
  announcer?.announce([event("a", 3)]);
  await announcer?.drained();
  const data = { eventId: "a@3", eventType: "Tested", actorId: "a", version: 3, timestamp: "2025-01-01T00:00:00Z" };
  const announcement = { id: "made-id", eventType: "EventStored", actorId: "a", version: 3, data };
  expect(published).toEqual([
    ["orders", { ...announcement, metadata: { causationId: "a@3" }, timestamp: "2026-01-01T00:00:00Z" }],
  ]);
});

test("announces the correlation and the trace of an event, but no other metadata", async () => {
  const published: EventStored[] = [];
  const announcer = announcerFor({ bus: busWith(async (_, announced) => void published.push(announced)) }, defaults);
  const tracing = { correlationId: "c", traceId: "t", spanId: "s" };
  announcer?.announce([{ ...event("a", 1), metadata: { ...tracing, causationId: "command", userId: "u", more: "m" } }]);
  announcer?.announce([{ ...event("b", 1), metadata: { traceId: "t" } }]);
  await announcer?.drained();
  expect(published.map(({ metadata }) => metadata)).toEqual([
    { ...tracing, causationId: "a@1" },
    { traceId: "t", causationId: "b@1" },
  ]);
});

test("a function decides the namespace of each announcement; if it throws, the announcement is lost", async () => {
  const published: string[] = [];
  const lost: AnnouncementLostError[] = [];
  const cause = new Error("no namespace");
  const announcer = announcerFor(
    {
      bus: busWith(async (namespace) => void published.push(namespace)),
      busNamespace: ({ eventType, version }) => {
        if (version === 2) throw cause;
        return `orders.${eventType}`;
      },
      onBusError: (error) => void lost.push(error),
    },
    defaults,
  );
  announcer?.announce([1, 2, 3].map((version) => event("a", version)));
  await announcer?.drained();
  expect(published).toEqual(["orders.Tested", "orders.Tested"]);
  expect(lost).toMatchObject([{ version: 2, cause }]);
});

test("keeps the order of each actor, and a stuck actor does not delay others", async () => {
  const published: string[] = [];
  let release = (): void => {};
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  const bus = busWith(async (_namespace, { data }) => {
    if (data.actorId === "slow") await stuck;
    published.push(data.eventId);
  });
  const announcer = announcerFor({ bus }, defaults);
  announcer?.announce([event("slow", 1), event("slow", 2), event("quick", 1), event("quick", 2)]);
  await vi.waitFor(() => expect(published).toEqual(["quick@1", "quick@2"]));
  release();
  await announcer?.drained();
  expect(published).toEqual(["quick@1", "quick@2", "slow@1", "slow@2"]);
});

test("reports each announcement that the bus rejects or that does not fit, and continues", async () => {
  const lost: AnnouncementLostError[] = [];
  const rejection = new Error("no");
  const bus = busWith(async (_namespace, { version }) => {
    if (version === 1) throw rejection;
  });
  const onBusError = (error: AnnouncementLostError): void => {
    lost.push(error);
    throw new Error("a listener that throws");
  };
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const announcer = announcerFor({ bus, onBusError }, defaults);
  announcer?.announce(Array.from({ length: 1_026 }, (_, index) => event("a", index + 1)));
  await announcer?.drained();
  const code = "AETHER_ANNOUNCEMENT_LOST";
  expect(lost.map(({ version }) => version)).toEqual([1_025, 1_026, 1]);
  expect(lost[2]).toMatchObject({ code, actorId: "a", eventId: "a@1", cause: rejection });
  expect(warn).toHaveBeenCalledTimes(3);
});

test("without a bus there is no announcer", () => {
  expect(announcerFor({}, defaults)).toBeUndefined();
});
