import { defineProjection } from "@aether/projections";

/** The order of the events matters in each document. */
export const counts = defineProjection({
  name: "counts",
  version: 1,
  documentId: ({ actorId, data }) => [actorId, `group-${data.n % 7}`],
  evolve: {
    Counted: (document, { data }) => ({ n: ((document?.n ?? 0) * 3 + data.n) % 1_000_003 }),
    Deleted: () => undefined,
  },
});
