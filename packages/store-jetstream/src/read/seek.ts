import type { Actor } from "../actor.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import { headerSpan } from "../protocol/commit.ts";
import type { MessageHead } from "../protocol/stored-message.ts";
import type { SingleMessages } from "./single-messages.ts";

/** Reading up to this number of unneeded versions costs less than another probe. */
const NEAR_ENOUGH = 64;
const MAX_PROBES = 40;
/**
 * After this number of interpolated guesses, the search is a bisection, so unusual gaps between versions cost little.
 */
const MAX_GUESSES = 6;
/** Number of sequences by which a guess is lowered, because a probe just after the wanted version is of no use. */
const SAFETY_MARGIN = 8;

/**
 * Finds a stream sequence at which a read of an actor's events can start. No event with this version or a higher one is
 * missed, and usually only a few events with lower versions are read. The actor's latest version must be at least
 * `version`.
 *
 * The versions of an actor rise with the sequences of its messages, if the writers take part in the concurrency check.
 * Messages from other writers end the search. The method is an interpolation search (W. W. Peterson, "Addressing for
 * Random-Access Storage", 1957), which needs three probes where a bisection needs eighteen.
 *
 * @param last - the actor's last message
 * @throws ApiError, NoReplyError, `signal.reason`
 */
export async function seek(
  messages: SingleMessages,
  actor: Actor,
  version: number,
  last: MessageHead,
  deadline: Deadline,
): Promise<number> {
  const lastSpan = headerSpan(last);
  if (lastSpan === undefined) return 1;
  if (lastSpan.first <= version) return last.sequence;
  let low = { sequence: 0, version: 0 }; // All versions in messages up to this sequence are lower than `version`.
  let high = { sequence: last.sequence, version: lastSpan.first }; // Messages from here on have only higher versions.
  for (let probe = 0; probe < MAX_PROBES && high.sequence - low.sequence > NEAR_ENOUGH; probe++) {
    const guessed = guess(low, high, version, probe);
    const message = await askAgain(deadline, (timeoutMs) => messages.nextHead(actor, guessed, timeoutMs));
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
