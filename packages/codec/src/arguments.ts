import { InvalidArgumentError, type NewSnapshot, type ReadOptions } from "@aether/core";
import { nameFlaw } from "./envelope.ts";
import { detachJson } from "./json.ts";
import { describe } from "./refusal.ts";

/** Checks the actor id of a read. @throws `AETHER_INVALID_ARGUMENT` */
export function checkActorId(actorId: unknown, argument = "actorId"): asserts actorId is string {
  const flaw = nameFlaw(actorId);
  if (flaw !== undefined) throw new InvalidArgumentError({ argument, reason: flaw });
}

/** Checks an argument that counts something. @throws `AETHER_INVALID_ARGUMENT` */
export function checkCount(value: unknown, argument: string, least = 0): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  const reason = `must be an integer from ${least} to ${Number.MAX_SAFE_INTEGER}, but is ${describe(value)}`;
  throw new InvalidArgumentError({ argument, reason });
}

/** The options of a lazy read with their defaults filled in. */
export type ReadRange = Required<Omit<ReadOptions, "signal">>;

/** Checks the options of a lazy read and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function readRange(options: ReadOptions = {}): ReadRange {
  const {
    fromVersion = 0,
    toVersion = Number.MAX_SAFE_INTEGER,
    limit = Number.MAX_SAFE_INTEGER,
    direction = "forward",
  } = options;
  checkCount(fromVersion, "fromVersion");
  checkCount(toVersion, "toVersion");
  checkCount(limit, "limit");
  if (direction !== "forward" && direction !== "backward") {
    throw new InvalidArgumentError({ argument: "direction", reason: 'must be "forward" or "backward"' });
  }
  return { fromVersion, toVersion, limit, direction };
}

/** A snapshot as a store keeps it: checked, detached from the caller's objects, deeply frozen. @throws `AETHER_INVALID_ARGUMENT` */
export function prepareSnapshot<State extends object>(snapshot: NewSnapshot<State>): NewSnapshot<State> {
  if (typeof snapshot !== "object" || snapshot === null) {
    throw new InvalidArgumentError({ argument: "snapshot", reason: `must be an object, but is ${describe(snapshot)}` });
  }
  const { actorId, version, state } = snapshot;
  checkActorId(actorId, "snapshot.actorId");
  checkCount(version, "snapshot.version", 1);
  const detached = detachJson(
    state,
    "snapshot.state",
    (argument, reason, cause) => new InvalidArgumentError({ argument, reason, cause }),
  );
  return Object.freeze({ actorId, version, state: detached });
}
