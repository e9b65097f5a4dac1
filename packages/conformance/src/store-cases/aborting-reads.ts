import { type CallOptions, type EventStore, supports } from "@aether/core";
import { check, outcomeOf } from "../checks/check.ts";
import { collect, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { moments } from "./moments.ts";
import { saveAll } from "./save-all.ts";
import { asAnyStore } from "./store-calls.ts";

const saved = range(1, 40);

/** A read of actor `"a"`, and its complete result. */
interface Read {
  readonly method: string;
  readonly run: (options: CallOptions) => Promise<unknown>;
  readonly expected: unknown;
}

function readsOf(store: EventStore): readonly Read[] {
  const any = asAnyStore(store);
  const stream = (options: object) => collect(any.readEvents("a", options)).then(versionsOf);
  return [
    { method: "getEvents", run: (options) => store.getEvents("a", 0, options).then(versionsOf), expected: saved },
    { method: "getLatestVersion", run: (options) => store.getLatestVersion("a", options), expected: 40 },
    ...(supports(store, "replayErrors")
      ? [
          {
            method: "getEventsWithErrors",
            run: (options: CallOptions) =>
              any.getEventsWithErrors("a", 3, options).then((one) => versionsOf(one.events)),
            expected: range(3, 40),
          },
        ]
      : []),
    ...(supports(store, "snapshots")
      ? [
          {
            method: "getLatestSnapshot",
            run: (options: CallOptions) => any.getLatestSnapshot("a", options).then((one) => one?.version),
            expected: 40,
          },
        ]
      : []),
    ...(supports(store, "streaming")
      ? [
          { method: "readEvents", run: stream, expected: saved },
          {
            method: "readEvents, backward",
            run: (options: CallOptions) => stream({ ...options, direction: "backward" }),
            expected: saved.toReversed(),
          },
        ]
      : []),
  ];
}

export const abortingReads: readonly StoreCase[] = storeCaseGroup("aborting", [
  {
    name: "a read that is aborted in flight returns the complete result, or rejects with signal.reason",
    async run(context) {
      const store = await context.open();
      await saveAll(store, events("a", saved));
      if (supports(store, "snapshots")) {
        await asAnyStore(store).saveSnapshot({ actorId: "a", version: 40, state: {} });
      }
      for (const { when, wait, reason } of moments.filter((_, index) => index % 2 === 0)) {
        await Promise.all(
          readsOf(store).map(async ({ method, run, expected }) => {
            const controller = new AbortController();
            const settled = outcomeOf(run({ signal: controller.signal }));
            await wait();
            controller.abort(reason);
            const outcome = await settled;
            const given = { method, aborted: when };
            if (outcome.status === "rejected") {
              check("a read that is aborted in flight rejects with signal.reason", {
                given,
                expected: reason,
                actual: outcome.reason,
              });
            } else {
              check("a read that is aborted in flight, and resolves, returns the complete result", {
                given,
                expected,
                actual: outcome.value,
              });
            }
          }),
        );
      }
      check("after aborted reads, the store still reads events", {
        given: "reads that were aborted in flight",
        expected: saved,
        actual: versionsOf(await store.getEvents("a")),
      });
    },
  },
]);
