import type { DocumentStoreSupports, Revision, StoredDocument } from "@aether/core";
import { AbstractDocumentStore, type CheckedWrite, type DocumentName, type OpenDocumentRange } from "@aether/store-kit";

/** Manifest of {@link MyDocumentStore}. The store must implement every capability that is declared here. */
export const myDocumentStoreSupports: DocumentStoreSupports = Object.freeze({ durable: false, shared: false });

/** A document store. Its base class checks all arguments; writing and reading are not written yet. */
export class MyDocumentStore extends AbstractDocumentStore {
  override readonly supports: DocumentStoreSupports = myDocumentStoreSupports;

  /** Opens the store. Replace `_place` with the storage that your store needs: a folder, a table or a connection. */
  static async open(_place: string): Promise<MyDocumentStore> {
    return new MyDocumentStore();
  }

  protected override async read({ collection, id }: DocumentName): Promise<StoredDocument | undefined> {
    return notWritten(`read document ${id} of collection ${collection}, and return undefined if it does not exist`);
  }

  /** Called for each write. In one step, compare the revision (`checkRevision`), and put or delete the document. */
  protected override async write({ type, collection, id }: CheckedWrite): Promise<Revision | undefined> {
    return notWritten(`${type} document ${id} of collection ${collection}, and return formatRevision(...) of a put`);
  }

  protected override list({ collection }: OpenDocumentRange): AsyncIterable<StoredDocument> {
    return notWritten(`yield each document of collection ${collection} once`);
  }

  /** Called once by `close`, after all calls have ended. */
  protected override async release(): Promise<void> {
    // Release the store's resources here.
  }
}

function notWritten(task: string): never {
  throw new Error(`not written yet: ${task}`);
}
