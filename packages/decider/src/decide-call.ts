import type { Event, EventDraft } from "@aether/core";
import type { Command, DecideContext, DecidedEvent, Decision, EventExtras, MakeEvent } from "./decider.ts";
import { InvalidDecisionError } from "./errors.ts";

/** The context of one call of `decide`. It notes that an event was made, to find a missing `return`. */
export class DecideCall<E extends Event> implements DecideContext<E> {
  readonly event: MakeEvent<E>;
  readonly actorId: string;
  readonly version: number;
  readonly signal: AbortSignal | undefined;
  #hasMadeEvent = false;

  constructor(actorId: string, version: number, signal: AbortSignal | undefined) {
    // An arrow function, because it is usually called without the object.
    this.event = ((eventType, data, extras) => {
      this.#hasMadeEvent = true;
      return makeEvent(eventType, data, extras);
    }) as MakeEvent<E>;
    this.actorId = actorId;
    this.version = version;
    this.signal = signal;
  }

  /** Returns the events of the decision in order. @throws `AETHER_INVALID_DECISION` */
  draftsOf(decision: Decision<E>, { type: commandType }: Command): readonly DecidedEvent<E>[] {
    if (decision === undefined) {
      if (!this.#hasMadeEvent) return [];
      throw new InvalidDecisionError({
        commandType,
        reason: "made an event, but returned nothing; return the event, or [] if there is nothing to do",
      });
    }
    const drafts: readonly DecidedEvent<E>[] = Array.isArray(decision) ? decision : [decision as DecidedEvent<E>];
    for (const draft of drafts) {
      if (typeof draft?.eventType === "string") continue;
      throw new InvalidDecisionError({ commandType, reason: flawOf(draft) });
    }
    return drafts;
  }
}

/** The {@link MakeEvent} of all deciders. */
export function makeEvent(eventType: string, data: object, extras?: EventExtras): DecidedEvent {
  return (extras === undefined ? { eventType, data } : { eventType, data, ...extras }) as EventDraft as DecidedEvent;
}

/** Reason why a value is not an event. */
function flawOf(value: unknown): string {
  const found = Object(value) === value ? "an object without an eventType" : String(value);
  return `returned ${found} instead of an event; make events with the function event of the context`;
}
