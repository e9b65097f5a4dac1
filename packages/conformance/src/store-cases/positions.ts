import type { Position, SaveReceipt } from "@aether/core";
import { check } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, theme } from "../suite/store-case.ts";

/** Checks that positions, in the order in which their events were stored, are unique and ascend. */
export function checkAscending(given: unknown, positions: readonly Position[]): void {
  check("positions are strings, safe in JSON", {
    given,
    expected: [],
    actual: positions.filter((position) => typeof position !== "string" || !position.isWellFormed()),
  });
  check("no two events have one position", { given, expected: positions.length, actual: new Set(positions).size });
  const sorted = positions.toSorted((left, right) => (left < right ? -1 : 1));
  check("positions ascend with < in the order of storing", { given, expected: sorted, actual: positions });
}

const positionsOf = (receipts: readonly SaveReceipt[]): readonly Position[] => receipts.map(({ position }) => position);

export const positions: readonly StoreCase[] = theme("positions", [
  {
    name: "positions ascend in the order of storing, across actors",
    async run(stage) {
      const store = await stage.open();
      const receipts: SaveReceipt[] = [];
      for (const version of range(1, 6)) {
        for (const actorId of ["a", "b"]) receipts.push(await store.saveEvent(event(actorId, version)));
      }
      checkAscending("a1 b1 a2 b2 ... a6 b6", positionsOf(receipts));
    },
  },
  {
    name: "positions are unique among concurrent saves",
    async run(stage) {
      const store = await stage.open();
      const actors = range(1, 16).map((n) => `actor ${n}`);
      const receipts = await Promise.all(actors.map((actorId) => store.saveEvent(event(actorId, 1))));
      checkAscending("16 events saved at once", positionsOf(receipts).toSorted());
    },
  },
  {
    name: "positions ascend within a batch",
    needs: ["batch"],
    async run(stage) {
      const store = await stage.open("batch");
      const receipts = [
        await store.saveEvent(event("a", 1)),
        ...(await store.saveEvents(events("a", range(2, 102)))),
        await store.saveEvent(event("b", 1)),
        ...(await store.saveEvents(events("b", [2, 3]))),
        await store.saveEvent(event("a", 103)),
      ];
      checkAscending("a1 [a2-a102] b1 [b2 b3] a103", positionsOf(receipts));
    },
  },
]);
