import { InvalidArgumentError, type NewSnapshot, type Snapshot } from "@aether/core";
import { checkActorId, checkCount, readFields } from "./arguments.ts";
import type { ErrorAt } from "./error-at.ts";
import { type EventDefaults, eventDefaults } from "./event-defaults.ts";
import { detachJson, freezeJson } from "./json.ts";
import { parseJson } from "./parse-json.ts";
import { isTimestamp } from "./timestamp.ts";
import { textOf } from "./utf8.ts";

const errorAt: ErrorAt = (argument, reason, cause) => new InvalidArgumentError({ argument, reason, cause });

/**
 * Prepares a writer's snapshot for storage: checks the snapshot and returns a deeply frozen copy with the current time.
 *
 * @param defaults - provides the time; {@link eventDefaults} by default
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const stored = prepareSnapshot({ actorId: "order-1", version: 7, state: { total: 3 } });
 * ```
 */
export function prepareSnapshot<State extends object>(
  snapshot: NewSnapshot<State>,
  defaults: Pick<EventDefaults, "now"> = eventDefaults,
): Snapshot<State> {
  const { actorId, version, state } = readFields(snapshot, "snapshot", ["actorId", "version", "state"]);
  checkActorId(actorId, "snapshot.actorId");
  checkCount(version, "snapshot.version", 1);
  return Object.freeze({
    actorId,
    version,
    state: detachJson(state, "snapshot.state", errorAt),
    timestamp: defaults.now(),
  });
}

/**
 * Turns a stored snapshot of an actor into the snapshot that reads return, deeply frozen. Returns `undefined` if it is
 * unreadable or belongs to another actor: a snapshot is only a cache, so reads do not need it. Never throws.
 *
 * @param json - the text or the bytes of the snapshot, or `undefined` if none is stored
 *
 * @example
 * ```ts
 * const snapshot = decodeSnapshot('{"actorId":"order-1","version":7,"state":{"total":3}}', "order-1");
 * ```
 */
export function decodeSnapshot(json: Uint8Array | string | undefined | null, actorId: string): Snapshot | undefined {
  if (json === undefined || json === null) return undefined;
  try {
    const snapshot: Snapshot = parseJson(textOf(json)) as Snapshot;
    const { version, state, timestamp } = snapshot;
    const isWhole =
      snapshot.actorId === actorId &&
      Number.isSafeInteger(version) &&
      version >= 1 &&
      typeof timestamp === "string" &&
      isTimestamp(timestamp) &&
      typeof state === "object" &&
      state !== null &&
      !Array.isArray(state);
    return isWhole
      ? Object.freeze({ actorId, version, state: freezeJson(state, "snapshot.state", errorAt), timestamp })
      : undefined;
  } catch {
    return undefined;
  }
}
