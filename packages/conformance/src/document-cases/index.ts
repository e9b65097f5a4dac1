import type { DocumentCase } from "../suite/document-case.ts";
import { aborting } from "./aborting.ts";
import { atomicWrites } from "./atomic-writes.ts";
import { closing } from "./closing.ts";
import { durability } from "./durability.ts";
import { errorOrder } from "./error-order.ts";
import { expectedRevisions } from "./expected-revisions.ts";
import { foreignContents } from "./foreign-contents.ts";
import { immutability } from "./immutability.ts";
import { invalidInput } from "./invalid-input.ts";
import { listing } from "./listing.ts";
import { manifest } from "./manifest.ts";
import { names } from "./names.ts";
import { puttingAndGetting } from "./putting-and-getting.ts";
import { races } from "./races.ts";
import { randomCalls } from "./random-calls.ts";
import { sharedStores } from "./shared-stores.ts";
import { watching } from "./watching.ts";

/**
 * The contract of document stores: one case per guarantee. `testDocumentStore` registers them as tests.
 *
 * @example
 * ```ts
 * console.log(documentCases.map(({ group, name }) => `${group}: ${name}`));
 * ```
 */
export const documentCases: readonly DocumentCase[] = [
  ...manifest,
  ...puttingAndGetting,
  ...expectedRevisions,
  ...races,
  ...names,
  ...immutability,
  ...invalidInput,
  ...errorOrder,
  ...aborting,
  ...listing,
  ...randomCalls,
  ...atomicWrites,
  ...watching,
  ...closing,
  ...durability,
  ...sharedStores,
  ...foreignContents,
];
