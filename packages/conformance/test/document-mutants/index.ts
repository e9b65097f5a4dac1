import { callMutants } from "./calls.ts";
import type { DocumentMutant } from "./mutant.ts";
import { nameMutants } from "./names.ts";
import { readMutants } from "./reads.ts";
import { valueMutants } from "./values.ts";
import { writeMutants } from "./writes.ts";

/** All broken document stores. */
export const documentMutants: readonly DocumentMutant[] = [
  ...writeMutants,
  ...nameMutants,
  ...valueMutants,
  ...readMutants,
  ...callMutants,
];
