import type { Clock } from "@aether/retry";

/** Waits for work, at most for a time. Resolves to false if the time is over first. @throws the error of the work */
export async function endsWithin(ms: number, clock: Clock, work: Promise<unknown>): Promise<boolean> {
  const ended = new AbortController();
  const isOver = clock.sleep(ms, ended.signal).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([work.then(() => true), isOver]);
  } finally {
    ended.abort();
  }
}
