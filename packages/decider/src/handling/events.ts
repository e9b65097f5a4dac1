import { type Event, type EventMetadata, MetadataKeys } from "@aether/core";
import type { DecidedEvent } from "../decider.ts";
import { frozenCopy, isPlainObject } from "./json-copy.ts";
import { newId } from "./new-id.ts";
import { timestamp as currentTimestamp } from "./timestamp.ts";

/** The part of a call that is in all its events. */
export interface EventContext {
  readonly actorId: string;
  readonly metadata: EventMetadata | undefined;
}

/** Turns decided events into events as a store returns them: complete, with versions after `version`, and frozen. */
export function completeEvents<E extends Event>(
  drafts: readonly DecidedEvent<E>[],
  call: EventContext,
  version: number,
): readonly E[] {
  // A loop, because a closure for each command would take time.
  const events: E[] = [];
  for (let index = 0; index < drafts.length; index++) {
    events.push(completeEvent<E>(drafts[index] as DecidedEvent<E>, call, version + 1 + index));
  }
  return Object.freeze(events);
}

function completeEvent<E extends Event>(
  draft: DecidedEvent<E>,
  { actorId, metadata: shared }: EventContext,
  version: number,
): E {
  const { id = newId(), eventType, timestamp = currentTimestamp(), metadata: own } = draft;
  const data = frozenCopy(draft.data);
  const metadata = own === undefined ? shared : merged(shared, own);
  const event =
    metadata === undefined
      ? { id, eventType, actorId, version, data, timestamp }
      : { id, eventType, actorId, version, data, metadata, timestamp };
  return Object.freeze(event) as unknown as E;
}

function merged(shared: EventMetadata | undefined, own: EventMetadata): EventMetadata {
  if (!isPlainObject(own)) return own; // the store rejects it
  const { commandId } = MetadataKeys;
  return frozenCopy({ ...shared, ...own, [commandId]: shared?.[commandId] }) as EventMetadata;
}
