import { SqliteEventStore } from "@aether/store-sqlite";
import { type Comparison, moreRepetitions, type Side } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";
import { driverName, type SqliteBench } from "./bench.ts";

const ACTOR_EVENTS = 100;
const PAGE_ROWS = 1_000;

interface Row {
  readonly sequence: number;
  readonly record: string;
}

/** Reads, compared with bare SELECT statements on the same table, whose rows are parsed and not checked. */
export async function readRows(bench: SqliteBench, sizes: Sizes): Promise<readonly Comparison[]> {
  const { quick } = sizes;
  const repetitions = moreRepetitions(sizes);
  const database = bench.newDatabase();
  const store = await SqliteEventStore.open(database, { synchronous: "normal" });
  const actors = quick ? 20 : 1_000;
  for (let actor = 0; actor < actors; actor++) {
    await store.saveEvents(
      Array.from({ length: ACTOR_EVENTS }, (_, index) => sampleEvent(`order-${actor}`, index + 1)),
    );
  }
  const ofActor = database.prepare("SELECT record FROM aether_events WHERE actor = ? ORDER BY version");
  const page = database.prepare(
    `SELECT sequence, record FROM aether_events WHERE sequence > ? ORDER BY sequence LIMIT ${PAGE_ROWS}`,
  );
  const total = actors * ACTOR_EVENTS;
  const against = `SELECT and JSON.parse, on ${driverName}`;
  const eachActor = (read: (actorId: string) => unknown): Side => ({
    run: async () => {
      for (let actor = 0; actor < actors; actor++) await read(`order-${actor}`);
      return total;
    },
  });
  return [
    {
      name: `getEvents of ${ACTOR_EVENTS} events`,
      against,
      unit: "events/s",
      goal: 0.8,
      reason: "each event is checked and deeply frozen, which takes the time that the read of the rows saves",
      repetitions,
      ours: eachActor((actorId) => store.getEvents(actorId)),
      baseline: eachActor((actorId) => (ofActor.all(actorId) as Row[]).map(({ record }) => JSON.parse(record))),
    },
    {
      name: `readFeed of ${total.toLocaleString("en")} events`,
      against,
      unit: "events/s",
      goal: 0.7,
      reason:
        "each event is checked, deeply frozen and gets a position with a stamp, while the baseline uses the rows as " +
        "they are; the read of the rows takes less time than the SELECT",
      repetitions,
      ours: {
        run: async () => {
          let count = 0;
          for await (const { events } of store.readFeed()) count += events.length;
          return count;
        },
      },
      baseline: {
        run: async () => {
          let count = 0;
          for (let last: number | undefined = 0; last !== undefined; ) {
            const rows = page.all(last) as Row[];
            const events: unknown[] = rows.map(({ record }) => JSON.parse(record));
            count += events.length;
            last = rows.at(-1)?.sequence;
          }
          return count;
        },
      },
    },
  ];
}
