import type { Actor } from "../actor.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import { headerSpan } from "../protocol/commit.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";

/** Reading this many versions more costs less than another probe. */
const NEAR_ENOUGH = 64;
const MAX_PROBES = 40;
/** After this many guesses the search halves the rest, so that unusual gaps between versions do not make it slow. */
const MAX_GUESSES = 6;
/** A guess aims this many sequences too low, since a probe that lands just after the version finds nothing. */
const SAFETY_MARGIN = 8;

/**
 * Finds a stream sequence from which an actor's events can be read so that no event from `version` on is missed, and
 * few events before it are read. The version of the actor's last message is at least `version`.
 *
 * Versions and sequences of an actor rise together, as far as writers take part in the concurrency check; a record of
 * any other writer says nothing about its neighbours. So this is an interpolation search (W. W. Peterson, "Addressing
 * for Random-Access Storage", 1957): three probes where a bisection needs eighteen.
 *
 * @param last - the actor's last message
 * @throws ApiError, NoReplyError, `signal.reason`
 */
export async function seek(
  api: JetStreamApi,
  actor: Actor,
  version: number,
  last: StoredMessage,
  deadline: Deadline,
): Promise<number> {
  const lastSpan = headerSpan(last);
  if (lastSpan === undefined) return 1;
  if (lastSpan.first <= version) return last.sequence;
  let low = { sequence: 0, version: 0 }; // every message up to here ends before the version
  let high = { sequence: last.sequence, version: lastSpan.first }; // no message from here on is needed
  for (let probe = 0; probe < MAX_PROBES && high.sequence - low.sequence > NEAR_ENOUGH; probe++) {
    const guessed = guess(low, high, version, probe);
    const message = await askAgain(deadline, (timeoutMs) => api.nextMessage(actor.subject, guessed, timeoutMs));
    const span = message === undefined ? undefined : headerSpan(message);
    if (message === undefined || span === undefined) break;
    if (span.last < version) {
      low = { sequence: message.sequence, version: span.last };
      if (version - span.last <= NEAR_ENOUGH) break;
    } else if (span.first <= version) return message.sequence;
    else {
      // The actor has no message between the guess and this one.
      high = { sequence: Math.min(message.sequence, guessed), version: span.first };
    }
  }
  return low.sequence + 1;
}

interface Bound {
  readonly sequence: number;
  readonly version: number;
}

function guess(low: Bound, high: Bound, version: number, probe: number): number {
  const isInterpolated = probe < MAX_GUESSES;
  const share = isInterpolated ? (version - low.version) / (high.version - low.version) : 0.5;
  const distance = Math.floor((high.sequence - low.sequence) * share) - (isInterpolated ? SAFETY_MARGIN : 0);
  return Math.min(Math.max(low.sequence + distance, low.sequence + 1), high.sequence - 1);
}
