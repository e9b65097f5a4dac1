import { invalid } from "@aether/core";
import { type RetrySettings, retrySettings } from "@aether/retry";
import type { CommandHandlerOptions } from "../command-handler.ts";
import type { SnapshotFailure } from "../snapshots/snapshots.ts";

/** The options of a handler, checked and complete. */
export interface HandlerSettings {
  readonly retry: RetrySettings;
  readonly maxActors: number;
  readonly rememberCommands: number;
  readonly searchesHistory: boolean;
  readonly snapshotEvery: number;
  readonly onSnapshotFailed: (failure: SnapshotFailure) => void;
}

/** Checks the options and adds the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function handlerSettings(options: CommandHandlerOptions): HandlerSettings {
  const retry = retrySettings(options);
  const { cache = {}, rememberCommands = 64, repeats = "recent", snapshotEvery = 100 } = options;
  const { onSnapshotFailed = warn } = options;
  if (cache !== false && Object(cache) !== cache) throw invalid("cache", "must be false or an object");
  const maxActors = cache === false ? 0 : count("cache.maxActors", cache.maxActors ?? 10_000, 1);
  if (repeats !== "recent" && repeats !== "exact") {
    throw invalid("repeats", `must be "recent" or "exact", but is ${String(repeats)}`);
  }
  if (typeof onSnapshotFailed !== "function") throw invalid("onSnapshotFailed", "must be a function");
  return {
    retry,
    maxActors,
    rememberCommands: count("rememberCommands", rememberCommands, 0),
    searchesHistory: repeats === "exact",
    snapshotEvery: count("snapshotEvery", snapshotEvery, 1),
    onSnapshotFailed,
  };
}

function count(argument: string, value: number, minimum: number): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value >= minimum)) return value;
  throw invalid(argument, `must be an integer of at least ${minimum}, or Infinity, but is ${String(value)}`);
}

function warn({ actorId, operation, error }: SnapshotFailure): void {
  console.warn(`could not ${operation} a snapshot of actor ${JSON.stringify(actorId)}:`, error);
}
