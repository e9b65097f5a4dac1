import type { StreamInfo } from "../protocol/jetstream-api.ts";
import type { Expiry, Protection } from "./expiry.ts";
import type { FloorFill } from "./floor-fill.ts";

/**
 * Protects the events of a stream as soon as its retention is finite. If that happens while the store is open, the
 * store writes floors from then on, and for the events that it may have stored without floors before.
 */
export class ExpiryGuard implements Protection {
  readonly #expiry: Expiry;
  #isActive: boolean;
  /** A sequence that the stream had reached when its retention was not yet finite. */
  #endless = 0;
  /** Number of fills that are still necessary. The second one is for commits in flight during the first one. */
  #fills = 0;
  #patrolling: Promise<void> | undefined;

  constructor(expiry: Expiry, info: StreamInfo) {
    this.#expiry = expiry;
    this.#isActive = expires(info);
    this.#endless = info.state.last_seq;
  }

  /** The protection against expiry; `undefined` if the events do not expire. */
  get expiry(): Expiry | undefined {
    return this.#isActive ? this.#expiry : undefined;
  }

  /** Notices a retention that has become finite. Then writes the missing floors in the background. */
  update(info: StreamInfo, fill: FloorFill): void {
    if (this.#isActive) return;
    if (!expires(info)) {
      this.#endless = info.state.last_seq;
      return;
    }
    this.#isActive = true;
    this.#fills = 2;
    void this.patrol(fill);
  }

  /** Writes missing floors in the background. Never rejects: if the server does not answer, the next call continues. */
  patrol(fill: FloorFill): Promise<void> {
    this.#patrolling ??= this.#writeMissing(fill)
      .catch(() => {})
      .finally(() => {
        this.#patrolling = undefined;
      });
    return this.#patrolling;
  }

  async #writeMissing(fill: FloorFill): Promise<void> {
    if (!this.#isActive) return;
    if (this.#fills > 0) {
      await fill.after(this.#endless);
      this.#fills--;
    }
    await fill.complete();
  }
}

function expires({ config }: StreamInfo): boolean {
  return (config.max_age ?? 0) > 0;
}
