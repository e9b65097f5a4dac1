import type { Clock } from "@aether/retry";

/** A clock that skips every wait. */
export class InstantClock implements Clock {
  readonly sleeps: number[] = [];
  nowMs = 0;

  now(): number {
    return this.nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.nowMs += ms;
  }
}
