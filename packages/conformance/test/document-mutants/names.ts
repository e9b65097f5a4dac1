import { invalid } from "@aether/core";
import type { DocumentRecord } from "../reference-documents/reference-document-storage.ts";
import { ReferenceDocumentStore } from "../reference-documents/reference-document-store.ts";
import { type DocumentMutant, type DocumentStoreClass, documentMutant } from "./mutant.ts";

/** Returns a class of stores that find a document by another key. */
function keyed(key: (collection: string, id: string) => string): DocumentStoreClass {
  return class extends ReferenceDocumentStore {
    protected override key(collection: string, id: string): string {
      return key(collection, id);
    }
  };
}

/** Returns a class of stores that change the ids in keys. */
const changing = (change: (id: string) => string): DocumentStoreClass =>
  keyed((collection, id) => JSON.stringify([collection, change(id)]));

const different = (kind: string): string => `names: different ids identify different documents: ${kind}`;

export const nameMutants: readonly DocumentMutant[] = [
  documentMutant(
    "replaces separators in ids",
    [different("separators")],
    changing((id) => id.replace(/[.:/|-]/g, "_")),
  ),
  documentMutant(
    "treats ids as paths",
    [different("paths")],
    changing((id) =>
      id
        .replaceAll("\\", "/")
        .replace(/\/+/g, "/")
        .replace(/\/\.\.?(?=\/|$)|\/$/g, ""),
    ),
  ),
  documentMutant(
    "cuts ids at a separator",
    [different("prefixes")],
    changing((id) => id.split(/[-.:/]/)[0] ?? ""),
  ),
  documentMutant(
    "removes characters of patterns from ids",
    [different("patterns"), "names: a name is never treated as a pattern"],
    changing((id) => id.replace(/[*>%_?]/g, "")),
  ),
  documentMutant(
    "decodes escapes in ids",
    [different("escapes")],
    changing((id) => {
      try {
        return decodeURIComponent(id.replace(/=([0-9A-Fa-f]{2})/g, "%$1"));
      } catch {
        return id;
      }
    }),
  ),
  documentMutant(
    "folds the case of ids",
    [different("case")],
    changing((id) => id.toLowerCase()),
  ),
  documentMutant(
    "trims ids",
    [different("white space")],
    changing((id) => id.trim().replace(/\s+/g, " ")),
  ),
  documentMutant(
    "removes invisible characters from ids",
    [different("invisible characters")],
    changing((id) => id.replace(/[\p{Cc}\p{Cf}]/gu, "")),
  ),
  documentMutant(
    "normalises ids",
    [different("Unicode")],
    changing((id) => id.normalize("NFKC")),
  ),
  documentMutant(
    "removes accents from ids",
    [different("similar letters")],
    changing((id) =>
      Array.from(id.normalize("NFD").replace(/\p{M}/gu, ""), (each) => (each > "\u007f" ? "?" : each)).join(""),
    ),
  ),
  documentMutant(
    "finds documents as properties of an object",
    [different("names"), "names: similar names, and names of objects, identify different documents"],
    class extends ReferenceDocumentStore {
      protected override record(collection: string, id: string): DocumentRecord | undefined {
        return id in {} ? super.record(collection, "a") : super.record(collection, id);
      }
    },
  ),
  documentMutant(
    "cuts ids after 100 characters",
    [different("long ids")],
    changing((id) => id.slice(0, 100)),
  ),
  documentMutant(
    "cuts ids after 255 characters",
    ["names: names of 1,024 bytes together are accepted, and kept apart"],
    changing((id) => id.slice(0, 255)),
  ),
  documentMutant(
    "cuts ids after 1,500 characters",
    ["names: longer names are kept apart, or rejected with InvalidArgumentError"],
    class extends ReferenceDocumentStore {
      protected override checkName(collection: unknown, id: unknown, path = ""): void {
        super.checkName(collection, typeof id === "string" ? id.slice(0, 1_000) : id, path);
      }
      protected override key(collection: string, id: string): string {
        return super.key(collection, id.slice(0, 1_500));
      }
    },
  ),
  documentMutant(
    "rejects names of more than 1,000 bytes",
    ["names: names of 1,024 bytes together are accepted, and kept apart"],
    class extends ReferenceDocumentStore {
      protected override checkName(collection: unknown, id: unknown, path = ""): void {
        super.checkName(collection, id, path);
        if (new TextEncoder().encode(`${collection}${id}`).length > 1_000) throw invalid(`${path}id`, "is too long");
      }
    },
  ),
  documentMutant(
    "ignores the collection",
    ["names: different texts identify different collections"],
    keyed((_, id) => id),
  ),
  documentMutant(
    "joins the collection and the id with a separator",
    ["names: a collection and an id are never joined into the name of another document"],
    keyed((collection, id) => `${collection}.${id}`),
  ),
  documentMutant(
    "joins the collection and the id without a separator",
    ["names: a collection and an id are never joined into the name of another document"],
    keyed((collection, id) => `${collection}${id}`),
  ),
  documentMutant(
    "rejects the empty text",
    ["names: the empty text is a collection and an id"],
    class extends ReferenceDocumentStore {
      protected override checkName(collection: unknown, id: unknown, path = ""): void {
        super.checkName(collection, id, path);
        if (collection === "" || id === "") throw invalid(`${path}id`, "must not be empty");
      }
    },
  ),
  documentMutant(
    "replaces lone surrogates in names",
    ["names: a name that is not a well-formed text is rejected"],
    class extends ReferenceDocumentStore {
      protected override checkName(collection: unknown, id: unknown, path = ""): void {
        const wellFormed = (text: unknown): unknown => (typeof text === "string" ? text.toWellFormed() : text);
        super.checkName(wellFormed(collection), wellFormed(id), path);
      }
    },
  ),
];
