import { isVersionConflictError, type Position, type SaveReceipt } from "@aether/core";
import { outcomeOf } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";
import { openWriters, WRITERS } from "./racing.ts";

/** Number of saves after which numbers without enough leading zeros no longer ascend as text. */
const SAVES = 1_000;
/** Number of saves in flight at once. */
const AT_ONCE = 25;
/** Share of a case's time limit that the saves may take. */
const SHARE = 0.3;

const positionsOf = (receipts: readonly SaveReceipt[]): readonly Position[] => receipts.map(({ position }) => position);

export const positions: readonly StoreCase[] = storeCaseGroup("positions", [
  {
    name: "positions ascend across actors, in the order in which events were stored",
    async run(context) {
      const store = await context.open();
      const receipts: SaveReceipt[] = [];
      for (const version of range(1, 6)) {
        for (const actorId of ["a", "b"]) receipts.push(await store.saveEvent(event(actorId, version)));
      }
      checkPositionsAscend("a1 b1 a2 b2 ... a6 b6", positionsOf(receipts));
    },
  },
  {
    name: "concurrent saves get unique positions",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      for (const version of [1, 2]) {
        const receipts = await Promise.all(
          writers.map((store, writer) => store.saveEvent(event(`actor ${writer}`, version))),
        );
        checkPositionsAscend("16 events saved concurrently, by several stores", positionsOf(receipts).toSorted());
      }
    },
  },
  {
    name: "the positions of concurrent saves to one actor ascend with their versions",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      // Of two versions, the higher one is saved first, so that the lower one may overtake it.
      const calls = writers.map((store, writer) => outcomeOf(store.saveEvent(event("a", (writer ^ 1) + 1))));
      const accepted = (await Promise.all(calls)).flatMap((outcome) => {
        if (outcome.status === "fulfilled") return [outcome.value as SaveReceipt];
        if (!isVersionConflictError(outcome.reason)) throw outcome.reason;
        return [];
      });
      const inVersions = accepted.toSorted((left, right) => left.version - right.version);
      checkPositionsAscend("16 versions of one actor, saved concurrently by several stores", positionsOf(inVersions));
    },
  },
  {
    name: "positions ascend over more than a thousand saves",
    async run(context) {
      const store = await context.open();
      const endMs = performance.now() + context.caseTimeoutMs * SHARE;
      const groups: (readonly Position[])[] = [];
      // A slow store saves fewer events.
      for (let first = 1; first <= SAVES && performance.now() < endMs; first += AT_ONCE) {
        const saves = range(first, first + AT_ONCE - 1).map((n) => store.saveEvent(event(`actor ${n}`, 1)));
        groups.push(positionsOf(await Promise.all(saves)).toSorted());
      }
      checkPositionsAscend(`${groups.length} groups of ${AT_ONCE} concurrent saves`, groups.flat());
    },
  },
  {
    name: "positions ascend within a batch",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      const receipts = [
        await store.saveEvent(event("a", 1)),
        ...(await store.saveEvents(events("a", range(2, 102)))),
        await store.saveEvent(event("b", 1)),
        ...(await store.saveEvents(events("b", [2, 3]))),
        await store.saveEvent(event("a", 103)),
      ];
      checkPositionsAscend("a1 [a2-a102] b1 [b2 b3] a103", positionsOf(receipts));
    },
  },
]);
