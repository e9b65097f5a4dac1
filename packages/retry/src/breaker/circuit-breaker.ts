import { notify } from "../callbacks.ts";
import { numbersOf } from "../check-options.ts";
import { CircuitOpenError } from "../errors.ts";
import { type Clock, systemClock } from "../loop/clock.ts";
import type { AttemptOutcome, RetryPolicy } from "../policies/retry-policy.ts";

/** State of the circuit of one actor. */
export type CircuitState =
  /** Attempts are allowed. `failures` counts the conflicts in a row. */
  | { readonly status: "closed"; readonly failures: number }
  /** Attempts are rejected until `untilMs` on the breaker's clock. The next attempt makes the circuit half-open. */
  | { readonly status: "open"; readonly untilMs: number }
  /** Only probes are allowed. `probes` counts the probes in flight, `successes` the probes that have saved. */
  | { readonly status: "half-open"; readonly probes: number; readonly successes: number };

/** A change of a circuit from one status to another. */
export interface CircuitChange {
  /** Actor of the circuit. */
  readonly actorId: string;
  /** State before the change. */
  readonly from: CircuitState;
  /** State after the change. */
  readonly to: CircuitState;
}

/** Options of {@link CircuitBreaker}. */
export interface CircuitBreakerOptions {
  /**
   * Number of conflicts in a row that opens a circuit.
   * @default 5
   */
  readonly failureThreshold?: number | undefined;
  /**
   * Time that a circuit stays open, in milliseconds.
   * @default 30_000
   */
  readonly openMs?: number | undefined;
  /**
   * Number of successful probes that closes a half-open circuit.
   * @default 3
   */
  readonly successThreshold?: number | undefined;
  /**
   * Maximum number of probes in flight while a circuit is half-open.
   * @default 1
   */
  readonly maxProbes?: number | undefined;
  /**
   * Maximum number of actors to remember. Beyond it, the circuit that has not changed for the longest time is reset to
   * closed.
   * @default 10_000
   */
  readonly maxActors?: number | undefined;
  /**
   * Called after each change of status. If it throws, the error is an uncaught exception; the attempt is not affected.
   * @default none
   */
  readonly onStateChange?: ((change: CircuitChange) => void) | undefined;
  /**
   * Source of time.
   * @default systemClock
   */
  readonly clock?: Clock | undefined;
}

/** State of a circuit and its phase. Every change of status begins a new phase. */
interface Circuit {
  readonly state: CircuitState;
  readonly phase: symbol;
}

const defaultLimits = { failureThreshold: 5, openMs: 30_000, successThreshold: 3, maxProbes: 1, maxActors: 10_000 };

const initial: Circuit = { state: { status: "closed", failures: 0 }, phase: Symbol() };

/**
 * Circuit breaker with one circuit per actor. After several conflicts in a row, the circuit rejects attempts for a
 * while. The breaker keeps the state of all circuits, so create one breaker and use its policy everywhere.
 *
 * @example
 * ```ts
 * const breaker = new CircuitBreaker({ onStateChange: ({ actorId, to }) => console.log(actorId, to.status) });
 * const policy = breaker.around(jitter());
 * await appendWithRetry(store, "order-1", decide, { policy });
 * ```
 */
export class CircuitBreaker {
  readonly #limits: Readonly<Record<keyof typeof defaultLimits, number>>;
  readonly #onStateChange: ((change: CircuitChange) => void) | undefined;
  readonly #clock: Clock;
  /** The circuits that are not in the initial state, the least recently changed first. */
  readonly #circuits = new Map<string, Circuit>();

  /** @throws `AETHER_INVALID_ARGUMENT` */
  constructor(options: CircuitBreakerOptions = {}) {
    this.#limits = numbersOf(options, defaultLimits);
    const { onStateChange, clock = systemClock } = options;
    this.#onStateChange = onStateChange;
    this.#clock = clock;
  }

  /** Returns the state of an actor's circuit. */
  stateOf(actorId: string): CircuitState {
    return this.#circuitOf(actorId).state;
  }

  /** Returns a policy with the same waits as `policy`. It rejects attempts that the actor's circuit does not allow. */
  around(policy: RetryPolicy): RetryPolicy {
    return {
      name: `circuitBreaker(${policy.name})`,
      admit: (actorId) => {
        const rejection = this.#rejection(actorId);
        if (rejection) throw rejection;
        const endInner = policy.admit?.(actorId);
        const end = this.#enter(actorId);
        return (outcome) => {
          end(outcome);
          endInner?.(outcome);
        };
      },
      onFailure: (failed, random) => {
        const giveUp = this.#rejection(failed.actorId, failed.error);
        return giveUp ? { giveUp } : policy.onFailure(failed, random);
      },
    };
  }

  #rejection(actorId: string, cause?: unknown): CircuitOpenError | undefined {
    const state = this.stateOf(actorId);
    const retryAfterMs = state.status === "open" ? Math.ceil(state.untilMs - this.#clock.now()) : 0;
    const isFull = state.status === "half-open" && state.probes >= this.#limits.maxProbes;
    return retryAfterMs > 0 || isFull ? new CircuitOpenError({ actorId, retryAfterMs, cause }) : undefined;
  }

  /** Allows an attempt. Returns the function to call with its outcome. */
  #enter(actorId: string): (outcome: AttemptOutcome) => void {
    const state = this.stateOf(actorId);
    if (state.status !== "closed") {
      const { probes, successes } = state.status === "open" ? { probes: 0, successes: 0 } : state;
      this.#become(actorId, { status: "half-open", probes: probes + 1, successes });
    }
    const { phase } = this.#circuitOf(actorId);
    return (outcome) => {
      const now = this.#circuitOf(actorId);
      // An attempt counts only in the phase in which it began: it says nothing about the circuit in a later phase.
      if (now.phase === phase) this.#become(actorId, this.#after(now.state, outcome));
    };
  }

  /** Returns the state after an attempt. */
  #after(state: CircuitState, outcome: AttemptOutcome): CircuitState {
    const { failureThreshold, openMs, successThreshold } = this.#limits;
    if (outcome === "conflict") {
      const failures = state.status === "closed" ? state.failures + 1 : failureThreshold;
      if (failures < failureThreshold) return { status: "closed", failures };
      return { status: "open", untilMs: this.#clock.now() + openMs };
    }
    if (state.status !== "half-open") return outcome === "saved" ? initial.state : state;
    const successes = state.successes + (outcome === "saved" ? 1 : 0);
    return successes < successThreshold ? { ...state, probes: state.probes - 1, successes } : initial.state;
  }

  #become(actorId: string, to: CircuitState): void {
    const { state: from, phase } = this.#circuitOf(actorId);
    this.#circuits.delete(actorId);
    if (to !== initial.state) {
      this.#circuits.set(actorId, { state: to, phase: from.status === to.status ? phase : Symbol() });
    }
    if (from.status !== to.status) notify(this.#onStateChange, { actorId, from, to });
    const [leastRecent = ""] = this.#circuits.keys();
    if (this.#circuits.size > this.#limits.maxActors) this.#become(leastRecent, initial.state);
  }

  #circuitOf(actorId: string): Circuit {
    return this.#circuits.get(actorId) ?? initial;
  }
}
