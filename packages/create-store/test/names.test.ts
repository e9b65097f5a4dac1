import fc from "fast-check";
import { expect, test } from "vitest";
import { isPackageName, storeNames } from "../src/names.ts";

test.each([
  ["file-store", "FileEventStore", "fileStoreSupports", "file-event-store"],
  ["@acme/aether-store-redis", "RedisEventStore", "redisStoreSupports", "redis-event-store"],
  ["big.table_v2", "BigTableV2EventStore", "bigTableV2StoreSupports", "big-table-v2-event-store"],
  ["event-store", "MyEventStore", "myStoreSupports", "my-event-store"],
  ["7-zip", "My7ZipEventStore", "my7ZipStoreSupports", "my-7-zip-event-store"],
])("for events, %s becomes %s", (name, className, supportsName, fileName) => {
  expect(storeNames(name, "events")).toEqual({ className, supportsName, fileName });
});

test.each([
  ["file-documents", "FileDocumentStore", "fileDocumentStoreSupports", "file-document-store"],
  ["@acme/aether-document-store-redis", "RedisDocumentStore", "redisDocumentStoreSupports", "redis-document-store"],
  ["event-documents", "EventDocumentStore", "eventDocumentStoreSupports", "event-document-store"],
  ["documents", "MyDocumentStore", "myDocumentStoreSupports", "my-document-store"],
])("for documents, %s becomes %s", (name, className, supportsName, fileName) => {
  expect(storeNames(name, "documents")).toEqual({ className, supportsName, fileName });
});

test("for any package name, the names of the store are valid", () => {
  const names = fc.stringMatching(/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/, { maxLength: 60 });
  fc.assert(
    fc.property(names.filter(isPackageName), fc.constantFrom("events", "documents"), (name, kind) => {
      const { className, supportsName, fileName } = storeNames(name, kind);
      expect(className).toMatch(/^[A-Z][A-Za-z0-9]*(Event|Document)Store$/);
      expect(supportsName).toMatch(/^[a-z][A-Za-z0-9]*StoreSupports$/);
      expect(fileName).toMatch(/^[a-z][a-z0-9-]*-(event|document)-store$/);
    }),
  );
});
