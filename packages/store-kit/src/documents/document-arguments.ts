import {
  type CallOptions,
  type DocumentListOptions,
  type DocumentWrite,
  InvalidArgumentError,
  invalid,
  type Revision,
  RevisionConflictError,
} from "@aether/core";
import { readFields, readItems, readSignal } from "../arguments.ts";
import { describe } from "../describe.ts";
import type { ErrorAt } from "../error-at.ts";
import { detachJson } from "../json.ts";
import { formatRevision, parseRevision, type RevisionParts } from "./revision.ts";

/** The name of a document. */
export interface DocumentName {
  /** Name of the collection. */
  readonly collection: string;
  /** Id of the document, unique in its collection. */
  readonly id: string;
}

/** The state that a document must have for a write; `undefined` if any state will do. */
export type Expectation = RevisionParts | "absent" | undefined;

/** A checked write of a document. */
export type CheckedWrite = DocumentName & { readonly expected: Expectation } & (
    | {
        readonly type: "put";
        /** The value, a deeply frozen copy. */
        readonly value: object;
      }
    | { readonly type: "delete" }
  );

/** The options of a list or a watch, checked, with the defaults filled in. */
export interface DocumentRange {
  /** Name of the collection. */
  readonly collection: string;
  /** Text that the ids must begin with. */
  readonly idPrefix: string;
  /** Ends the read when it is aborted; `undefined` if the caller passed none. */
  readonly signal: AbortSignal | undefined;
}

const errorAt: ErrorAt = (argument, reason, cause) => new InvalidArgumentError({ argument, reason, cause });

/** @throws `AETHER_INVALID_ARGUMENT` */
export function checkDocumentName(collection: unknown, id: unknown, path = ""): DocumentName {
  return { collection: checkText(collection, `${path}collection`), id: checkText(id, `${path}id`) };
}

/** Returns a deeply frozen copy of a value. @throws `AETHER_INVALID_ARGUMENT` */
export function checkValue<Value extends object>(value: Value, path = ""): Value {
  return detachJson(value, `${path}value`, errorAt);
}

/** @throws `AETHER_INVALID_ARGUMENT` */
export function readExpectation(options: { readonly expectedRevision?: unknown } | undefined): Expectation {
  if (options === undefined) return undefined;
  const { expectedRevision } = readFields(options, "options", ["expectedRevision"]);
  return checkExpectation(expectedRevision, "options.expectedRevision");
}

/**
 * Checks the writes of one call, and copies their values.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 */
export function checkWrites(writes: readonly DocumentWrite[]): readonly CheckedWrite[] {
  const checked = readItems(writes, "writes", (write, path) => checkWrite(write as DocumentWrite, path));
  const names = new Set<string>();
  checked.forEach(({ collection, id }, index) => {
    const name = JSON.stringify([collection, id]);
    if (names.has(name)) throw invalid(`writes[${index}]`, "must not be of the same document as an earlier write");
    names.add(name);
  });
  return checked;
}

/** Checks the options of a list or a watch, and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function readDocumentRange(collection: unknown, options: DocumentListOptions = {}): DocumentRange {
  const checked = checkText(collection, "collection");
  const signal = readSignal(options as CallOptions);
  const { idPrefix = "" } = readFields(options, "options", ["idPrefix"]);
  return { collection: checked, idPrefix: checkText(idPrefix, "options.idPrefix"), signal };
}

/**
 * Throws unless a document has the state that a write expects.
 *
 * @param current - the revision of the document, or `undefined` if it does not exist
 * @throws `AETHER_REVISION_CONFLICT`
 *
 * @example
 * ```ts
 * checkRevision({ collection: "carts", id: "cart-1" }, "absent", undefined); // does not throw
 * ```
 */
export function checkRevision(name: DocumentName, expected: Expectation, current: Revision | undefined): void {
  if (expected === undefined || (expected === "absent" && current === undefined)) return;
  const expectedRevision = expected === "absent" ? expected : formatRevision(expected);
  if (expectedRevision === current) return;
  throw new RevisionConflictError({
    collection: name.collection,
    id: name.id,
    expectedRevision,
    currentRevision: current,
  });
}

function checkWrite(write: DocumentWrite, path: string): CheckedWrite {
  const fields = ["type", "collection", "id", "expectedRevision"] as const;
  const { type, collection, id, expectedRevision } = readFields(write, path, fields);
  if (type !== "put" && type !== "delete") throw invalid(`${path}.type`, 'must be "put" or "delete"');
  const name = checkDocumentName(collection, id, `${path}.`);
  const expected = checkExpectation(expectedRevision, `${path}.expectedRevision`);
  if (type === "delete") return { type, ...name, expected };
  const { value } = readFields(write as Extract<DocumentWrite, { type: "put" }>, path, ["value"]);
  return { type, ...name, expected, value: checkValue(value, `${path}.`) };
}

function checkExpectation(expectedRevision: unknown, argument: string): Expectation {
  return expectedRevision === undefined || expectedRevision === "absent"
    ? expectedRevision
    : parseRevision(expectedRevision, argument);
}

function checkText(value: unknown, argument: string): string {
  if (typeof value !== "string") throw invalid(argument, `must be a string, but is ${describe(value)}`);
  if (!value.isWellFormed()) throw invalid(argument, "must be well-formed Unicode, but has a lone surrogate");
  return value;
}
