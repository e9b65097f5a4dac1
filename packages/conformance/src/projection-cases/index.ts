import type { ProjectionCase } from "../suite/projection-case.ts";
import { contents } from "./contents.ts";
import { crashes } from "./crashes.ts";
import { owners } from "./owners.ts";
import { rebuilds } from "./rebuilds.ts";

/**
 * The guarantees of projections on a pair of stores: one case per guarantee. `testProjections` registers them as tests.
 *
 * @example
 * ```ts
 * console.log(projectionCases.map(({ group, name }) => `${group}: ${name}`));
 * ```
 */
export const projectionCases: readonly ProjectionCase[] = [...contents, ...crashes, ...owners, ...rebuilds];
