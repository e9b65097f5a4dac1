/** Kind of a store: it stores events, or documents. */
export type Kind = "events" | "documents";
