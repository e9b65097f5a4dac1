import { type CallOptions, type DocumentStore, invalid } from "@aether/core";
import { retireProcessor } from "@aether/processor";
import { checkCount, readFields, readSignal } from "@aether/store-kit";
import { inParallel } from "../in-parallel.ts";
import { checkProjectionName } from "../projection.ts";
import { markDropped } from "./live-pointer.ts";
import { collectionOf, type ProjectionVersion, processorOf } from "./stored-projection.ts";

/** Number of documents to delete at a time. */
const CHUNK = 1_000;

/**
 * Deletes the documents of a version that is no longer read. Processes that still run it stop, and it cannot be started
 * again. Can be repeated.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if the version is the live one, or the projection never ran
 * @throws the errors of the document store. Repeat the call then.
 *
 * @example
 * ```ts
 * await dropProjection(documents, { name: "orders", version: 1 });
 * ```
 */
export async function dropProjection(
  documents: DocumentStore,
  projection: ProjectionVersion,
  options: CallOptions = {},
): Promise<void> {
  const signal = readSignal(options);
  const { name, version } = readFields(projection, "projection", ["name", "version"]);
  checkProjectionName(name, "projection.name");
  checkCount(version, "projection.version", 1);
  const live = await markDropped(documents, { name, version }, signal);
  if (live === undefined) throw invalid("projection.name", "must be the name of a projection that has run");
  if (live === version) throw invalid("projection.version", `must not be ${version}, because this version is live`);
  await retireProcessor(documents, processorOf({ name, version }), { signal });
  const collection = collectionOf({ name, version });
  for (;;) {
    const ids: string[] = [];
    for await (const { id } of documents.listDocuments(collection, { signal })) {
      ids.push(id);
      if (ids.length === CHUNK) break;
    }
    await inParallel(ids, (id) => documents.deleteDocument(collection, id, { signal }));
    // Read again: a process may have written until its lease was taken.
    if (ids.length === 0) return;
  }
}
