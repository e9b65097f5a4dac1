import type { Event } from "@aether/core";
import type { ReadRange } from "@aether/store-kit";
import type { Actor } from "../actor.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import { readBackward } from "./backward-read.ts";
import type { Heads } from "./heads.ts";
import type { History } from "./history.ts";

/** Yields the events of an actor one by one, and holds only a limited number of them. */
export async function* readLazily(
  heads: Heads,
  history: History,
  actor: Actor,
  range: ReadRange,
  deadline: Deadline,
): AsyncGenerator<Event, void, undefined> {
  if (range.limit === 0) return;
  const events =
    range.direction === "forward"
      ? readForward(history, actor, range, deadline)
      : readBackward(heads, history, actor, range, deadline);
  let count = 0;
  for await (const event of events) {
    yield event;
    if (++count >= range.limit) return;
    deadline.signal?.throwIfAborted();
  }
}

async function* readForward(
  history: History,
  actor: Actor,
  range: ReadRange,
  deadline: Deadline,
): AsyncGenerator<Event, void, undefined> {
  for await (const { events } of history.read(actor, range, deadline)) yield* events;
}
