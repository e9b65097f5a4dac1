import type { DocumentStore } from "@aether/core";
import type { ProjectionsUnderTest } from "../../src/index.ts";
import { ReferenceDocumentStorage } from "../reference-documents/reference-document-storage.ts";
import { ReferenceDocumentStore } from "../reference-documents/reference-document-store.ts";
import type { ReferenceProjection } from "../reference-projection/reference-projection.ts";
import { ReferenceStorage } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";

/** A class of projections. */
export type ProjectionClass = new (...args: ConstructorParameters<typeof ReferenceProjection>) => ReferenceProjection;

/** Projections with one mistake. */
export interface ProjectionMutant {
  /** The mistake, as the end of a sentence that begins with "a projection that". */
  readonly name: string;
  /** The cases that must detect the mistake, as `"group: name"`. Other cases may also detect it. */
  readonly caughtBy: readonly string[];
  readonly projections: ProjectionsUnderTest<undefined>;
}

/** A document store that writes documents one by one. */
class SingleDocumentStore extends ReferenceDocumentStore {
  override readonly supports: DocumentStore["supports"] = { durable: true, shared: true, watch: true };
}

/** Creates the projections under test from a class. */
export function projectionsUnderTest(
  Projection: ProjectionClass,
  documents: "single" | "atomic",
): ProjectionsUnderTest<undefined> {
  const Documents = documents === "single" ? SingleDocumentStore : ReferenceDocumentStore;
  return {
    createStorage: () => undefined,
    open: () => ({
      store: new ReferenceStore(new ReferenceStorage()) as never,
      documents: new Documents(new ReferenceDocumentStorage()),
    }),
    run: (store, sample, options) => new Projection(store, sample, options).start(),
    leaseMs: 100,
  };
}

/** Creates a mutant: the reference with one method overridden. */
export function projectionMutant(
  name: string,
  caughtBy: readonly string[],
  Projection: ProjectionClass,
  documents: "single" | "atomic" = "single",
): ProjectionMutant {
  return { name, caughtBy, projections: { ...projectionsUnderTest(Projection, documents), caseTimeoutMs: 6_000 } };
}
