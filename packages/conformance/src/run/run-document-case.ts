import type { DocumentStore } from "@aether/core";
import { show } from "../checks/show.ts";
import { CallTracker } from "../instrument/call-tracker.ts";
import { instrumentStore } from "../instrument/instrument-store.ts";
import { awaitResult } from "../instrument/instrumented-call.ts";
import type { DocumentCase, DocumentCaseContext, DocumentStoreCapabilities } from "../suite/document-case.ts";
import type { DocumentStoreUnderTest } from "../suite/document-store-under-test.ts";
import { CaseTimeout } from "./case-timeout.ts";
import { runCase } from "./run-case.ts";
import { Session } from "./session.ts";
import { storageResources } from "./storage-resources.ts";

/**
 * Returns true if a case applies to a document store: the manifest declares every entry that the case needs, and the
 * hook that the case needs is given.
 *
 * @example
 * ```ts
 * for (const documentCase of documentCases.filter((each) => documentCaseApplies(each, documentStoreUnderTest))) {
 *   await runDocumentCase(documentStoreUnderTest, documentCase);
 * }
 * ```
 */
export function documentCaseApplies<Storage>(
  documentCase: DocumentCase,
  store: Pick<DocumentStoreUnderTest<Storage>, "supports" | "damage">,
): boolean {
  const isDeclared = documentCase.needs.every((need) => store.supports[need] === true);
  return isDeclared && missingDocumentHook(documentCase, store) === undefined;
}

/** Returns the name of a hook that a case needs and that is missing, or `undefined` if none is missing. */
export function missingDocumentHook<Storage>(
  { needsDamage }: DocumentCase,
  { damage }: Pick<DocumentStoreUnderTest<Storage>, "damage">,
): string | undefined {
  return needsDamage !== undefined && damage?.[needsDamage] === undefined ? `damage.${needsDamage}` : undefined;
}

/**
 * Runs one case on new storage. Afterwards, closes its stores and destroys the storage, even if the case failed.
 *
 * @throws {@link ConformanceError} when the store breaks a guarantee, fails with an error that the case did not expect,
 * or does not finish within `caseTimeoutMs`
 * @throws the error of `createStorage`, or of `destroyStorage` if nothing failed before it, unchanged
 *
 * @example
 * ```ts
 * for (const documentCase of documentCases.filter((each) => documentCaseApplies(each, documentStoreUnderTest))) {
 *   await runDocumentCase(documentStoreUnderTest, documentCase);
 * }
 * ```
 */
export async function runDocumentCase<Storage>(
  store: DocumentStoreUnderTest<Storage>,
  documentCase: DocumentCase,
): Promise<void> {
  const tracker = new CallTracker();
  const timeout = new CaseTimeout(tracker, store.caseTimeoutMs);
  const session = new Session<Storage, DocumentStore>(storageResources(store), instrumentStore, tracker);
  await runCase(session, timeout, {
    guarantee: documentCase.name,
    run: (storage) => documentCase.run(new StorageContext(store, session, storage, timeout)),
    closeGuarantee: "close ends and does not reject",
    close: (opened) => opened.close(),
  });
}

class StorageContext<Storage> implements DocumentCaseContext {
  readonly #store: DocumentStoreUnderTest<Storage>;
  readonly #session: Session<Storage, DocumentStore>;
  readonly #storage: Storage;
  readonly #timeout: CaseTimeout;
  #elsewhere: Promise<Storage> | undefined;

  constructor(
    store: DocumentStoreUnderTest<Storage>,
    session: Session<Storage, DocumentStore>,
    storage: Storage,
    timeout: CaseTimeout,
  ) {
    this.#store = store;
    this.#session = session;
    this.#storage = storage;
    this.#timeout = timeout;
  }

  get supports(): DocumentCaseContext["supports"] {
    return this.#store.supports;
  }

  open(): Promise<DocumentStore>;
  open<Capability extends keyof DocumentStoreCapabilities>(): Promise<DocumentStoreCapabilities[Capability]>;
  open(): Promise<DocumentStore> {
    return this.#session.open(this.#storage);
  }

  async openElsewhere(): Promise<DocumentStore> {
    this.#elsewhere ??= this.#session.create();
    return this.#session.open(await this.#elsewhere);
  }

  async malformedValue(collection: string, id: string, text: string): Promise<boolean> {
    const bytes = new TextEncoder().encode(text);
    const isWritten = await this.#hook(
      `damage.malformedValue(storage, ${[collection, id, text].map(show)})`,
      async () => this.#store.damage?.malformedValue?.(this.#storage, collection, id, bytes),
    );
    return isWritten !== false;
  }

  async foreignRecords(): Promise<void> {
    await this.#hook("damage.foreignRecords(storage)", async () => this.#store.damage?.foreignRecords?.(this.#storage));
  }

  waitFor(awaited: string, condition: () => boolean): Promise<void> {
    return this.#timeout.waitFor(awaited, condition);
  }

  /** Calls a hook as a tracked call, so that an error names the hook. */
  #hook<Result>(call: string, work: () => Promise<Result>): Promise<Result> {
    return awaitResult(call, this.#session.tracker, work()) as Promise<Result>;
  }
}
