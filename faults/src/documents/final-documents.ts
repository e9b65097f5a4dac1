import type { DocumentStore, StoredDocument } from "@aether/core";
import type { FinalDocuments } from "./check-documents.ts";
import { COLLECTION, counterIds, LOCK, toggleIds } from "./document-names.ts";
import type { Counter, Lock } from "./document-report.ts";

/** Lists all documents of the workers. */
export async function listed(store: DocumentStore): Promise<readonly StoredDocument[]> {
  const documents: StoredDocument[] = [];
  for await (const document of store.listDocuments(COLLECTION)) documents.push(document);
  return documents;
}

/** Sorts the documents by their kind. */
export function finalDocuments(documents: readonly StoredDocument[]): FinalDocuments {
  const values = new Map(documents.map(({ id, value }) => [id, value]));
  return {
    counters: Object.fromEntries(
      counterIds.flatMap((id) => {
        const value = values.get(id);
        return value === undefined ? [] : [[id, value as Counter]];
      }),
    ),
    lock: values.get(LOCK) as Lock | undefined,
    toggles: toggleIds.filter((id) => values.has(id)),
  };
}
