import {
  type DocumentStoreSupports,
  type DocumentWrite,
  type ExpectedRevision,
  type Revision,
  type StoredDocument,
  StoreUnavailableError,
} from "@aether/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AbstractDocumentStore,
  type CheckedWrite,
  checkRevision,
  type DocumentName,
  formatRevision,
  parseRevision,
  type RevisionParts,
} from "../src/index.ts";

/** Keeps what reaches the subclass. */
class RecordingStore extends AbstractDocumentStore {
  supports: DocumentStoreSupports = { durable: false, shared: false };
  readonly writes: CheckedWrite[] = [];

  protected read(): StoredDocument | undefined {
    return undefined;
  }
  protected write(write: CheckedWrite): Revision {
    this.writes.push(write);
    return formatRevision({ incarnation: "a", sequence: this.writes.length });
  }
  protected list(): Iterable<StoredDocument> {
    throw new StoreUnavailableError({ operation: "list documents", reason: "it has none" });
  }
}

const invalid = (argument: string) => ({ code: "AETHER_INVALID_ARGUMENT", argument });
const as = <T>(value: unknown): T => value as T;

describe("invalid input is rejected before anything is written:", () => {
  const store = new RecordingStore();
  const put = (collection: unknown, id: unknown, value: unknown, options?: object) =>
    store.putDocument(as<string>(collection), as<string>(id), as<object>(value), options);
  const write = (...writes: unknown[]) => store.writeDocuments(as<readonly DocumentWrite[]>(writes));
  const good = { type: "put", collection: "c", id: "a", value: {} };

  test.each<[string, () => Promise<unknown>, string]>([
    ["a collection that is no text", () => put(7, "a", {}), "collection"],
    ["an id that is no text", () => put("c", undefined, {}), "id"],
    ["a lone surrogate", () => put("c", "\ud800", {}), "id"],
    ["a value that is no object", () => put("c", "a", "text"), "value"],
    ["an array", () => put("c", "a", []), "value"],
    ["a value that JSON would change", () => put("c", "a", { at: { day: new Date(0) } }), "value.at.day"],
    ["a revision that is none", () => put("c", "a", {}, { expectedRevision: "7" }), "options.expectedRevision"],
    ["null as a revision", () => put("c", "a", {}, { expectedRevision: null }), "options.expectedRevision"],
    ["a signal that is none", () => put("c", "a", {}, { signal: {} }), "options.signal"],
    ["options that are no object", () => put("c", "a", {}, as<object>(7)), "options"],
    ["an id to get", () => store.getDocument("c", as<string>(7)), "id"],
    ["an id to delete", () => store.deleteDocument("c", as<string>(null)), "id"],
    ["writes that are no array", () => store.writeDocuments(as<readonly DocumentWrite[]>({})), "writes"],
    ["a write of an unknown type", () => write({ ...good, type: "patch" }), "writes[0].type"],
    ["a write with an invalid id", () => write(good, { ...good, id: 7 }), "writes[1].id"],
    ["a write with an invalid value", () => write({ ...good, value: { n: Number.NaN } }), "writes[0].value.n"],
    ["two writes of one document", () => write(good, { ...good, type: "delete" }), "writes[1]"],
    ["a hole among the writes", () => store.writeDocuments(as<readonly DocumentWrite[]>(Array(1))), "writes[0]"],
  ])("%s", async (_, call, argument) => {
    await expect(call()).rejects.toMatchObject(invalid(argument));
    expect(store.writes).toEqual([]);
  });

  test.each([
    ["a collection", () => store.listDocuments(as<string>(7)), "collection"],
    ["a prefix", () => store.listDocuments("c", { idPrefix: as<string>(7) }), "options.idPrefix"],
    ["a prefix to watch", () => store.watchDocuments("c", { idPrefix: as<string>(7) }), "options.idPrefix"],
  ] as const)("%s of a loop, whose error the loop throws", async (_, call, argument) => {
    await expect(call()[Symbol.asyncIterator]().next()).rejects.toMatchObject(invalid(argument));
  });
});

test("arguments that throw when they are read are rejected", async () => {
  const store = new RecordingStore();
  const fail = (): never => {
    throw new Error("hostile");
  };
  const trap = new Proxy([{}], { get: fail, ownKeys: fail, getPrototypeOf: fail });
  const { proxy: revoked, revoke } = Proxy.revocable([], {});
  revoke();
  for (const hostile of [trap, revoked]) {
    const calls: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => store.writeDocuments(as<readonly DocumentWrite[]>(hostile)), "writes"],
      [() => store.writeDocuments([as<DocumentWrite>(hostile)]), "writes[0]"],
      [() => store.putDocument(as<string>(hostile), "a", {}), "collection"],
      [() => store.putDocument("c", "a", hostile), "value"],
      [() => store.putDocument("c", "a", {}, as<object>(hostile)), "options"],
      [() => store.deleteDocument("c", "a", { expectedRevision: as<Revision>(hostile) }), "options.expectedRevision"],
      [() => store.listDocuments("c", as<object>(hostile))[Symbol.asyncIterator]().next(), "options"],
    ];
    for (const [call, argument] of calls) await expect(call()).rejects.toMatchObject(invalid(argument));
  }
  expect(store.writes).toEqual([]);
});

test("options and writes are read once", async () => {
  const store = new RecordingStore();
  const readings: string[] = [];
  const recorded = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, key, receiver) => {
        readings.push(String(key));
        return Reflect.get(object, key, receiver);
      },
    });
  await store.putDocument("c", "a", {}, recorded({ expectedRevision: "absent" as const, signal: undefined }));
  expect(readings.sort()).toEqual(["expectedRevision", "signal"]);
  readings.length = 0;
  const write = recorded<DocumentWrite>({ type: "put", collection: "c", id: "a", value: {} });
  await expect(store.writeDocuments([write])).rejects.toMatchObject({ code: "AETHER_UNSUPPORTED" });
  expect(readings.sort()).toEqual(["collection", "expectedRevision", "id", "type", "value"]);
});

test("names that differ only after a separator are different documents", async () => {
  const writes: readonly DocumentWrite[] = [
    { type: "delete", collection: 'a","b', id: "c" },
    { type: "delete", collection: "a", id: 'b","c' },
  ];
  await expect(new RecordingStore().writeDocuments(writes)).rejects.toMatchObject({ code: "AETHER_UNSUPPORTED" });
});

test("the subclass gets a frozen copy of the value, and the parts of the revision", async () => {
  const store = new RecordingStore();
  const value = { lines: [{ item: "lamp" }] };
  await store.putDocument("c", "a", value, { expectedRevision: formatRevision({ incarnation: "z9", sequence: 7 }) });
  await store.deleteDocument("c", "a", { expectedRevision: "absent" });
  const [put, deleted] = store.writes;
  expect(put).toEqual({ type: "put", collection: "c", id: "a", value, expected: { incarnation: "z9", sequence: 7 } });
  expect(put?.type === "put" && put.value).not.toBe(value);
  expect(put?.type === "put" && Object.isFrozen((put.value as typeof value).lines[0])).toBe(true);
  expect(deleted).toEqual({ type: "delete", collection: "c", id: "a", expected: "absent" });
});

test("invalid input comes before a closed store, and a closed store before an aborted signal", async () => {
  const store = new RecordingStore();
  await store.close();
  const signal = AbortSignal.abort("enough");
  await expect(store.putDocument("c", as<string>(7), {}, { signal })).rejects.toMatchObject(invalid("id"));
  await expect(store.putDocument("c", "a", {}, { signal })).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
  await expect(new RecordingStore().putDocument("c", "a", {}, { signal })).rejects.toBe("enough");
});

test("capabilities that the subclass does not declare are unsupported", async () => {
  const store = new RecordingStore();
  const unsupported = (capability: string) => ({ code: "AETHER_UNSUPPORTED", capability });
  await expect(store.writeDocuments([])).rejects.toMatchObject(unsupported("atomic"));
  const watching = store.watchDocuments("c")[Symbol.asyncIterator]();
  await expect(watching.next()).rejects.toMatchObject(unsupported("watch"));
  class Undeclared extends RecordingStore {
    protected override writeAll(): never {
      throw new Error("not declared");
    }
    protected override watch(): never {
      throw new Error("not declared");
    }
  }
  const undeclared = new Undeclared();
  const write: DocumentWrite = { type: "delete", collection: "c", id: "a" };
  await expect(undeclared.writeDocuments([write])).rejects.toMatchObject(unsupported("atomic"));
  const changes = undeclared.watchDocuments("c")[Symbol.asyncIterator]();
  await expect(changes.next()).rejects.toMatchObject(unsupported("watch"));
});

test("an aborted read ends at once, an aborted write ends with its outcome, and close waits for both", async () => {
  const controller = new AbortController();
  let endRead = (): void => {};
  let endWrite = (_: Revision): void => {};
  class SlowStore extends AbstractDocumentStore {
    readonly supports: DocumentStoreSupports = { durable: false, shared: false };
    readonly signals: unknown[] = [];
    protected async read(_: DocumentName, signal: AbortSignal | undefined): Promise<undefined> {
      this.signals.push(signal);
      await new Promise<void>((resolve) => (endRead = resolve));
    }
    protected write(_: CheckedWrite, signal: AbortSignal | undefined): Promise<Revision> {
      this.signals.push(signal);
      return new Promise((resolve) => (endWrite = resolve));
    }
    protected list(): readonly StoredDocument[] {
      return [];
    }
    protected override release(): void {
      this.signals.push("released");
    }
  }
  const store = new SlowStore();
  const read = store.getDocument("c", "a", controller);
  const write = store.putDocument("c", "a", {}, controller);
  controller.abort("enough");
  await expect(read).rejects.toBe("enough");
  const closed = store.close();
  const revision = formatRevision({ incarnation: "a", sequence: 1 });
  endWrite(revision);
  expect(await write).toBe(revision);
  expect(store.signals).toEqual([controller.signal, controller.signal]);
  endRead();
  await Promise.all([closed, store[Symbol.asyncDispose]()]);
  expect(store.signals).toEqual([controller.signal, controller.signal, "released"]);
});

test("calls in turn run one at a time", async () => {
  const steps: (() => void)[] = [];
  class TurnStore extends RecordingStore {
    override read(): never {
      return new Promise<void>((resolve) => steps.push(resolve)) as never;
    }
  }
  const store = new TurnStore({ inTurn: true });
  const reads = Promise.all(["a", "b", "c"].map((id) => store.getDocument("c", id)));
  for (let index = 0; index < 3; index++) {
    await new Promise(setImmediate);
    expect(steps).toHaveLength(index + 1);
    steps[index]?.();
  }
  await reads;
  expect(() => new TurnStore(as<object>(7))).toThrow(expect.objectContaining(invalid("options")));
});

test("an error of a list is thrown by the loop", async () => {
  const listing = new RecordingStore().listDocuments("c")[Symbol.asyncIterator]();
  await expect(listing.next()).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
});

test("every revision has the parts that it was made of", () => {
  const parts = fc.record({
    incarnation: fc.stringMatching(/^[0-9a-z]{1,32}$/),
    sequence: fc.maxSafeNat(),
  });
  fc.assert(
    fc.property(parts, (each: RevisionParts) => {
      expect(parseRevision(formatRevision(each), "revision")).toEqual(each);
    }),
  );
});

test.each(["", "absent", "a", "a-", "-1", "a-01", "a-1 ", "A-1", "a-9007199254740992", 7, null, {}])(
  "%j is no revision",
  (value) => {
    expect(() => parseRevision(value, "revision")).toThrow(expect.objectContaining(invalid("revision")));
  },
);

describe("a document has the expected state", () => {
  const name = { collection: "c", id: "a" };
  const [one, two] = [1, 2].map((sequence) => ({ incarnation: "a", sequence })) as [RevisionParts, RevisionParts];
  const conflict = (expectedRevision: ExpectedRevision, currentRevision: Revision | undefined) =>
    expect.objectContaining({ code: "AETHER_REVISION_CONFLICT", ...name, expectedRevision, currentRevision });

  test("if nothing is expected, if it is absent as expected, or if it has the revision", () => {
    checkRevision(name, undefined, undefined);
    checkRevision(name, undefined, formatRevision(one));
    checkRevision(name, "absent", undefined);
    checkRevision(name, one, formatRevision(one));
  });

  test("and any other state is a conflict", () => {
    const first = formatRevision(one);
    expect(() => checkRevision(name, "absent", first)).toThrow(conflict("absent", first));
    expect(() => checkRevision(name, two, first)).toThrow(conflict(formatRevision(two), first));
    expect(() => checkRevision(name, one, undefined)).toThrow(conflict(first, undefined));
  });
});
