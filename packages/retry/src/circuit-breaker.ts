import { type Clock, systemClock } from "./clock.ts";
import { CircuitOpenError } from "./errors/circuit-open-error.ts";
import { notify } from "./notify.ts";
import { numbersOf } from "./numbers.ts";
import type { AttemptOutcome, RetryPolicy } from "./retry-policy.ts";

/** What a circuit breaker holds of one actor. */
export type CircuitState =
  /** Attempts are let through; so many conflicts in a row were met. */
  | { readonly status: "closed"; readonly failures: number }
  /** Attempts are refused until then, by the breaker's clock. The first one after that makes it half-open. */
  | { readonly status: "open"; readonly untilMs: number }
  /** So many probes are under way, and so many have been saved. */
  | { readonly status: "half-open"; readonly probes: number; readonly successes: number };

/** A change from one status to another. */
export interface CircuitChange {
  /** Whose circuit it is. */
  readonly actorId: string;
  /** What it was. */
  readonly from: CircuitState;
  /** What it is now. */
  readonly to: CircuitState;
}

/** Options of {@link CircuitBreaker}. */
export interface CircuitBreakerOptions {
  /**
   * Conflicts in a row that open a circuit.
   * @default 5
   */
  readonly failureThreshold?: number;
  /**
   * Milliseconds that it stays open.
   * @default 30_000
   */
  readonly openMs?: number;
  /**
   * Probes that must be saved to close a half-open circuit.
   * @default 3
   */
  readonly successThreshold?: number;
  /**
   * Probes that may be under way at once while it is half-open.
   * @default 1
   */
  readonly maxProbes?: number;
  /**
   * Actors to remember. Beyond that, the one whose circuit has not changed for longest is forgotten: its circuit is closed.
   * @default 10_000
   */
  readonly maxActors?: number;
  /**
   * Hears of each change of status. What it throws is an uncaught error, and changes nothing else.
   * @default none
   */
  readonly onStateChange?: (change: CircuitChange) => void;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** A state, and what tells its phase from others: each change of status begins a new one. */
interface Circuit {
  readonly state: CircuitState;
  readonly phase: symbol;
}

const defaultLimits = { failureThreshold: 5, openMs: 30_000, successThreshold: 3, maxProbes: 1, maxActors: 10_000 };

const untroubled: Circuit = { state: { status: "closed", failures: 0 }, phase: Symbol() };

/**
 * Stops trying for a while after conflicts in a row, for each actor on its own. The state lives here: make one breaker,
 * and use its policy everywhere.
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
  /** Circuits that are not untroubled, those that changed last at the end. */
  readonly #circuits = new Map<string, Circuit>();

  /** @throws `AETHER_INVALID_ARGUMENT` */
  constructor(options: CircuitBreakerOptions = {}) {
    this.#limits = numbersOf(options, defaultLimits);
    const { onStateChange, clock = systemClock } = options;
    this.#onStateChange = onStateChange;
    this.#clock = clock;
  }

  /** How the circuit of an actor stands. */
  stateOf(actorId: string): CircuitState {
    return this.#circuitOf(actorId).state;
  }

  /** A policy that waits as `policy` does while the circuit of the actor lets attempts through. */
  around(policy: RetryPolicy): RetryPolicy {
    return {
      name: `circuitBreaker(${policy.name})`,
      admit: (actorId) => {
        const refusal = this.#refusal(actorId);
        if (refusal) throw refusal;
        const endInner = policy.admit?.(actorId);
        const end = this.#enter(actorId);
        return (outcome) => {
          end(outcome);
          endInner?.(outcome);
        };
      },
      onFailure: (failed, random) => {
        const giveUp = this.#refusal(failed.actorId, failed.error);
        return giveUp ? { giveUp } : policy.onFailure(failed, random);
      },
    };
  }

  #refusal(actorId: string, cause?: unknown): CircuitOpenError | undefined {
    const state = this.stateOf(actorId);
    const retryAfterMs = state.status === "open" ? Math.ceil(state.untilMs - this.#clock.now()) : 0;
    const crowded = state.status === "half-open" && state.probes >= this.#limits.maxProbes;
    return retryAfterMs > 0 || crowded ? new CircuitOpenError({ actorId, retryAfterMs, cause }) : undefined;
  }

  /** Lets an attempt through. What it returns hears how the attempt ended. */
  #enter(actorId: string): (outcome: AttemptOutcome) => void {
    const state = this.stateOf(actorId);
    if (state.status !== "closed") {
      const { probes, successes } = state.status === "open" ? { probes: 0, successes: 0 } : state;
      this.#become(actorId, { status: "half-open", probes: probes + 1, successes });
    }
    const { phase } = this.#circuitOf(actorId);
    return (outcome) => {
      const now = this.#circuitOf(actorId);
      // An attempt counts only in the phase that let it through: a late one says nothing about the circuit as it is now.
      if (now.phase === phase) this.#become(actorId, this.#after(now.state, outcome));
    };
  }

  /** What becomes of the state when an attempt that it let through has ended. */
  #after(state: CircuitState, outcome: AttemptOutcome): CircuitState {
    const { failureThreshold, openMs, successThreshold } = this.#limits;
    if (outcome === "conflict") {
      const failures = state.status === "closed" ? state.failures + 1 : failureThreshold;
      if (failures < failureThreshold) return { status: "closed", failures };
      return { status: "open", untilMs: this.#clock.now() + openMs };
    }
    if (state.status !== "half-open") return outcome === "saved" ? untroubled.state : state;
    const successes = state.successes + (outcome === "saved" ? 1 : 0);
    return successes < successThreshold ? { ...state, probes: state.probes - 1, successes } : untroubled.state;
  }

  #become(actorId: string, to: CircuitState): void {
    const { state: from, phase } = this.#circuitOf(actorId);
    this.#circuits.delete(actorId);
    if (to !== untroubled.state) {
      this.#circuits.set(actorId, { state: to, phase: from.status === to.status ? phase : Symbol() });
    }
    if (from.status !== to.status) notify(this.#onStateChange, { actorId, from, to });
    const [unchangedLongest] = this.#circuits.keys();
    if (this.#circuits.size > this.#limits.maxActors && unchangedLongest !== undefined) {
      this.#become(unchangedLongest, untroubled.state);
    }
  }

  #circuitOf(actorId: string): Circuit {
    return this.#circuits.get(actorId) ?? untroubled;
  }
}
