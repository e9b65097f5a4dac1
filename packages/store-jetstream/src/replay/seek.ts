import type { Actor } from "../actor.ts";
import { headerSpan } from "../commit.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";

/** Reading so many versions more costs less than one more probe. */
const NEAR_ENOUGH = 64;
const MAX_PROBES = 40;
/** After so many guesses the search halves what is left, so that strange gaps between versions do not make it slow. */
const GUESSES = 6;

/**
 * Finds a sequence in the stream from which an actor's events can be read so that none from `version` on is missed, and
 * few before it are read. `last` is the actor's last message; its version is at least `version`.
 *
 * Versions and sequences of an actor rise together, as far as writers took part in the guard: from a record of any other,
 * whatever version it claims, nothing follows for those around it. So this is an interpolation search (W. W. Peterson, "Addressing for
 * Random-Access Storage", 1957): three probes where a bisection takes eighteen.
 */
export async function seek(api: JetStreamApi, actor: Actor, version: number, last: StoredMessage): Promise<number> {
  const lastSpan = headerSpan(last);
  if (lastSpan === undefined) return 1;
  if (lastSpan.first <= version) return last.sequence;
  let low = { sequence: 0, version: 0 }; // every message up to here ends before the version
  let high = { sequence: last.sequence, version: lastSpan.first }; // from here on, no message is needed to find it
  for (let probe = 0; probe < MAX_PROBES && high.sequence - low.sequence > NEAR_ENOUGH; probe++) {
    const message = await api.nextMessage(actor.subject, guess(low, high, version, probe));
    const span = message === undefined ? undefined : headerSpan(message);
    if (message === undefined || span === undefined) break;
    if (span.last < version) {
      low = { sequence: message.sequence, version: span.last };
      if (version - span.last <= NEAR_ENOUGH) break;
    } else if (span.first <= version) return message.sequence;
    else {
      // Between the guess and the message there is nothing of this actor.
      high = { sequence: Math.min(message.sequence, guess(low, high, version, probe)), version: span.first };
    }
  }
  return low.sequence + 1;
}

interface Bound {
  readonly sequence: number;
  readonly version: number;
}

function guess(low: Bound, high: Bound, version: number, probe: number): number {
  const share = probe < GUESSES ? (version - low.version) / (high.version - low.version) : 0.5;
  const sequence = low.sequence + Math.floor((high.sequence - low.sequence) * share) - (probe < GUESSES ? 8 : 0);
  return Math.min(Math.max(sequence, low.sequence + 1), high.sequence - 1);
}
