import type { Link } from "../protocol/link.ts";

/** Interval between checks, in milliseconds. */
const PATROL_MS = 30_000;

/**
 * Repeats a check of an open store at intervals, until the connection is closed. A check that fails is repeated at the
 * next interval. The timer does not keep the process alive.
 */
export class Patrol {
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(link: Pick<Link, "isClosed">, check: () => Promise<unknown>) {
    this.#timer = setInterval(() => {
      if (link.isClosed) this.stop();
      else void check().catch(() => {});
    }, PATROL_MS);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
