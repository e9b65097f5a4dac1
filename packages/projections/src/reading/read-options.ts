import { invalid, type Position } from "@aether/core";
import { readFields, readSignal } from "@aether/store-kit";
import type { AtLeast, ProjectionListOptions, ProjectionReadOptions } from "./projection-reads.ts";

/** The options of a read, checked. */
export interface ResolvedRead {
  readonly atLeast: Position | undefined;
  readonly timeoutMs: number;
  readonly idPrefix: string;
  readonly signal: AbortSignal | undefined;
}

/** Checks the options of a read, and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function resolveRead(options: ProjectionReadOptions & ProjectionListOptions = {}): ResolvedRead {
  const signal = readSignal(options);
  const fields = ["atLeast", "timeoutMs", "idPrefix"] as const;
  const { atLeast, timeoutMs = 10_000, idPrefix = "" } = readFields(options, "options", fields);
  if (!Number.isFinite(timeoutMs) || timeoutMs < 0)
    throw invalid("options.timeoutMs", "must be a time in milliseconds, at least 0");
  if (typeof idPrefix !== "string" || !idPrefix.isWellFormed())
    throw invalid("options.idPrefix", "must be a well-formed string");
  const position = atLeast === undefined ? undefined : positionOf(atLeast, "options.atLeast");
  return { atLeast: position, timeoutMs, idPrefix, signal };
}

/** Returns the position of a position or a receipt. @throws `AETHER_INVALID_ARGUMENT` */
export function positionOf(atLeast: AtLeast, argument: string): Position {
  const position = typeof atLeast === "string" ? atLeast : atLeast?.position;
  if (typeof position !== "string" || position === "")
    throw invalid(argument, "must be a position from a store, or a receipt");
  return position;
}

/** Throws unless a value can be the id of a document. @throws `AETHER_INVALID_ARGUMENT` */
export function checkDocumentId(id: unknown): asserts id is string {
  if (typeof id !== "string" || !id.isWellFormed()) throw invalid("id", "must be a well-formed string");
}
