import type { Position, SaveReceipt } from "@aether/core";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";

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
      const store = await context.open();
      const actors = range(1, 16).map((n) => `actor ${n}`);
      const receipts = await Promise.all(actors.map((actorId) => store.saveEvent(event(actorId, 1))));
      checkPositionsAscend("16 events saved concurrently", positionsOf(receipts).toSorted());
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
