import { type EventStore, type ReplayReportingEventStore, type StreamingEventStore, supports } from "@aether/core";
import { collect, versionsOf } from "../samples/events.ts";

/** A way of reading versions of actor `"a"`. */
export interface Reader {
  readonly call: string;
  readonly read: (store: EventStore) => Promise<readonly number[]>;
  /** Selects the versions that the call returns, out of all stored versions. */
  readonly select: (stored: readonly number[]) => readonly number[];
}

/** Returns every way in which a store can read the versions of actor `"a"`. */
export function readersOf(store: EventStore): readonly Reader[] {
  const readers: Reader[] = [
    { call: "getEvents", read: async (each) => versionsOf(await each.getEvents("a")), select: (all) => all },
    {
      call: "getLatestVersion",
      read: async (each) => [await each.getLatestVersion("a")],
      select: (all) => all.slice(-1),
    },
  ];
  if (supports(store, "replayErrors")) {
    readers.push({
      call: "getEventsWithErrors",
      read: async (each) => versionsOf((await (each as ReplayReportingEventStore).getEventsWithErrors("a")).events),
      select: (all) => all,
    });
  }
  if (supports(store, "streaming")) {
    const stream = async (each: EventStore, direction: "forward" | "backward") =>
      versionsOf(await collect((each as StreamingEventStore).readEvents("a", { direction })));
    readers.push(
      { call: "readEvents, forward", read: (each) => stream(each, "forward"), select: (all) => all },
      { call: "readEvents, backward", read: (each) => stream(each, "backward"), select: (all) => all.toReversed() },
    );
  }
  return readers;
}
