import { type ProjectionCase, projectionCaseGroup } from "../suite/projection-case.ts";
import { runSchedules } from "./schedules.ts";

export const crashes: readonly ProjectionCase[] = projectionCaseGroup("crashes", [
  {
    name: "processes that end at any write leave the documents of a plain fold",
    run: (context) =>
      runSchedules("the documents are a plain fold, wherever processes have ended", context, {
        partitions: 1,
        processes: 1,
        crashes: true,
        lostPercent: 0,
      }),
  },
  {
    name: "processes that share partitions, come and go, and end at any write leave the documents of a plain fold",
    run: (context) =>
      runSchedules(
        "the documents are a plain fold, whichever processes had the partitions",
        // Each process may have sixteen leases to renew.
        { ...context, seeds: context.seeds.slice(0, 3) },
        { partitions: 16, processes: 2, crashes: true, lostPercent: 0 },
      ),
  },
  {
    name: "writes whose answers are lost are neither repeated nor left out",
    run: (context) =>
      runSchedules("the documents are a plain fold, even if answers were lost", context, {
        partitions: 1,
        processes: 1,
        crashes: false,
        lostPercent: 25,
      }),
  },
]);
