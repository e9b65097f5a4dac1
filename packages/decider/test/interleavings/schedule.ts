import { type EventStore, isAetherError } from "@aether/core";
import type { Clock, RetryPolicy } from "@aether/retry";
import type * as Decider from "../../src/index.ts";
import { faultyStore } from "./faulty-store.ts";
import {
  type Balance,
  balanceAt,
  expectedOutcome,
  Overdrawn,
  type PaymentCommand,
  type PaymentEvent,
  payments,
} from "./payments.ts";
import { Random } from "./random.ts";

type Handler = Decider.CommandHandler<PaymentEvent, PaymentCommand, Balance>;
type Result = Decider.HandleResult<PaymentEvent, Balance>;

/** A call of a handler, and its outcome. */
interface Call {
  readonly mark: string;
  readonly command: PaymentCommand;
  readonly commandId: string | undefined;
  readonly expectedVersion: number | undefined;
  readonly isAborted: boolean;
  /** Latest version when the call began, and when it ended. */
  readonly from: number;
  to: number;
  result?: Result;
  error?: unknown;
}

interface Load {
  readonly from: number;
  readonly loaded: Decider.LoadedState<Balance>;
}

/** A place with events, for schedules. */
export interface Place {
  /** Id of an actor without events. */
  readonly actorId: string;
  /** Stores with the same events, one for each handler. */
  readonly stores: readonly EventStore<PaymentEvent>[];
  /** Returns the latest version of the actor. */
  readonly latestVersion: () => number | Promise<number>;
}

const atOnce: RetryPolicy = { name: "atOnce", onFailure: () => ({ retryAfterMs: 0 }) };

/**
 * Runs random commands in several handlers on one store, with conflicts, aborts, unknown outcomes and failed reads.
 * Returns descriptions of everything that a single handler without a cache could not have done.
 */
export async function problemsOf(
  seed: number,
  { actorId, stores, latestVersion }: Place,
  { commandHandler, defineDecider }: typeof Decider,
): Promise<string[]> {
  const random = new Random(seed);
  const faults = { unknown: random.pick([0, 0.1, 0.3]), failedReads: random.pick([0, 0, 0.05]) };
  const late: Promise<unknown>[] = [];
  const clock: Clock = { now: () => 0, sleep: () => random.turns(4) };
  const decider = payments(defineDecider);
  const handlers = stores.map((store): Handler => {
    const isExact = random.chance(0.3);
    return commandHandler<PaymentEvent, PaymentCommand, Balance>(faultyStore(store, random, faults, late), decider, {
      clock,
      policy: atOnce,
      cache: random.chance(0.2) ? false : { maxActors: 1 },
      repeats: isExact ? "exact" : "recent",
      rememberCommands: isExact ? 1 : 64,
      snapshotEvery: random.pick([1, 2, 1_000]),
      onSnapshotFailed: () => {},
    });
  });

  const calls: Call[] = [];
  const loads: Load[] = [];
  const running: Promise<void>[] = [];
  const plans: Pick<Call, "command" | "commandId">[] = [];
  for (let index = 8 + random.below(12); index > 0; index--) {
    await random.turns(20);
    const handler = random.pick(handlers);
    if (random.chance(0.2)) running.push(load(handler));
    // Another actor in a cache with room for one evicts this one.
    if (random.chance(0.1)) running.push(handler.load(`${actorId}-other`).then(ignore, ignore));
    const plan = plans.length > 0 && random.chance(0.35) ? random.pick(plans) : newPlan(index);
    plans.push(plan);
    running.push(handle(handler, plan));
  }
  await Promise.all(running);
  await Promise.all(late);
  await Promise.all(handlers.map((handler) => handler.drain()));
  const history = (await stores[0]?.getEvents(actorId)) ?? [];
  return [...historyProblems(), ...calls.flatMap(callProblems), ...loads.flatMap(loadProblems)];

  function newPlan(index: number): Pick<Call, "command" | "commandId"> {
    const amount = 1 + random.below(3);
    const commandId = random.chance(0.7) ? `command-${index}` : undefined;
    // An id of the event that depends on the command, as a caller may choose it.
    const eventId = commandId !== undefined && random.chance(0.5) ? `event-${index}` : undefined;
    const deposit: PaymentCommand = { type: "Deposit", amount, ...(eventId === undefined ? {} : { eventId }) };
    const withdraw: PaymentCommand = { type: "Withdraw", amount };
    return { command: random.pick([deposit, withdraw, withdraw, { type: "Empty" }]), commandId };
  }

  async function handle(handler: Handler, { command, commandId }: Pick<Call, "command" | "commandId">): Promise<void> {
    const latest = latestVersion();
    const from = typeof latest === "number" ? latest : await latest;
    const expectedVersion = random.chance(0.2) ? Math.max(0, from - 1 + random.below(3)) : undefined;
    const isAborted = random.chance(0.15);
    const controller = new AbortController();
    const mark = `call-${calls.length}`;
    const call: Call = { mark, command, commandId, expectedVersion, isAborted, from, to: 0 };
    calls.push(call);
    if (isAborted) void random.turns(40).then(() => controller.abort(new Error("aborted")));
    const options = {
      commandId,
      expectedVersion,
      metadata: { mark },
      signal: isAborted ? controller.signal : undefined,
    };
    try {
      call.result = await handler.handle(actorId, command, options);
    } catch (error) {
      call.error = error;
    }
    call.to = await latestVersion();
  }

  async function load(handler: Handler): Promise<void> {
    const latest = latestVersion();
    const from = typeof latest === "number" ? latest : await latest;
    const loaded = await handler.load(actorId).catch(ignore);
    if (loaded !== undefined) loads.push({ from, loaded });
  }

  function commitOf(mark: string): readonly PaymentEvent[] {
    return history.filter(({ metadata }) => metadata?.mark === mark);
  }

  /** The history must be one that commands, one after the other, have written. */
  function historyProblems(): string[] {
    const problems: string[] = [];
    for (const [index, { version }] of history.entries()) {
      if (version !== index + 1) problems.push(`version ${version} is at place ${index + 1}`);
    }
    const writers = new Map<string, string>();
    for (const { mark, command, commandId, expectedVersion } of calls) {
      const commit = commitOf(mark);
      const [first] = commit;
      if (first === undefined) continue;
      const expected = expectedOutcome(command, balanceAt(history, first.version - 1));
      if (
        !equal(
          expected,
          commit.map(({ data }) => data.by),
        )
      )
        problems.push(`${mark} does not follow from its history`);
      if (expectedVersion !== undefined && first.version !== expectedVersion + 1) {
        problems.push(`${mark} was saved at another version than expected`);
      }
      const other = commandId === undefined ? undefined : writers.get(commandId);
      if (other !== undefined) problems.push(`${other} and ${mark} saved the same command`);
      if (commandId !== undefined) writers.set(commandId, mark);
    }
    return problems;
  }

  function callProblems(call: Call): string[] {
    const { mark, command, commandId, expectedVersion, from, to, result, error } = call;
    const earlier = history.filter(({ metadata }) => commandId !== undefined && metadata?.commandId === commandId);
    const wasSaved = earlier.some(({ version }) => version <= from);
    if (result !== undefined && result.state.balance !== balanceAt(history, result.version)) {
      return [`${mark} returned a state that is not that of its version`];
    }
    if (result !== undefined && result.events.length > 0) {
      const stored = history.filter(({ version }) => result.events.some((event) => event.version === version));
      if (!equal(stored, result.events)) return [`${mark} returned events that are not stored`];
      const own = commitOf(mark);
      if (!equal(result.events, result.repeated ? earlier : own) && !isSameId(result, command)) {
        return [`${mark} returned the events of another call`];
      }
      return result.repeated && own.length > 0 ? [`${mark} returned a repeat, but saved events`] : [];
    }
    if (result === undefined && isExpectedFailure(error, call)) return [];
    if (wasSaved) return [`${mark} was not recognised as a repeat`];
    if (commitOf(mark).length > 0) return [`${mark} saved events, but did not return them`];
    const versions = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    if (isAetherError(error, "AETHER_VERSION_CONFLICT")) {
      const isRight = versions.some((version) => version !== expectedVersion);
      return isRight && expectedVersion !== undefined ? [] : [`${mark} was rejected with a wrong conflict`];
    }
    if (result === undefined && !(error instanceof Overdrawn)) return [`${mark} failed: ${String(error)}`];
    const outcome = result === undefined ? "rejected" : "nothing";
    const isPossible = versions.some((version) => expectedOutcome(command, balanceAt(history, version)) === outcome);
    return isPossible ? [] : [`${mark} has the wrong outcome ${outcome}`];
  }

  function loadProblems({ from, loaded: { state, version } }: Load): string[] {
    if (version < from) return [`a load returned version ${version}, but ${from} was stored`];
    return state.balance === balanceAt(history, version) ? [] : [`a load returned a wrong state of version ${version}`];
  }
}

/** A command without an id is a repeat, too, if `decide` chose the id of its event. */
function isSameId({ events }: Result, command: PaymentCommand): boolean {
  return command.type === "Deposit" && command.eventId !== undefined && events[0]?.id === command.eventId;
}

/** Aborts, unknown outcomes and failed reads may end any call. */
function isExpectedFailure(error: unknown, { isAborted }: Call): boolean {
  if (isAborted && error instanceof Error && error.message === "aborted") return true;
  return isAetherError(error, "AETHER_OUTCOME_UNKNOWN") || isAetherError(error, "AETHER_STORE_UNAVAILABLE");
}

function equal(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function ignore(): undefined {}
