import { type Event, type EventDraft, invalid } from "@aether/core";
import { DecideCall, makeEvent } from "../decide-call.ts";
import type { Command, DecidedEvent, Decider, MakeEvent } from "../decider.ts";
import { Rules } from "../rules.ts";
import { DeciderTestError } from "./decider-test-error.ts";
import { deepCopy } from "./deep-copy.ts";
import { difference } from "./difference.ts";

/**
 * An expected error: its code, a pattern that its message matches, its class, or a function that returns true for it.
 */
export type ExpectedRejection =
  | string
  | RegExp
  | (abstract new (
      ...args: never
    ) => Error)
  | ((error: unknown) => boolean);

/** Checks of the outcome of a command. Await the result: a failed check rejects with {@link DeciderTestError}. */
export interface DeciderChecks<E extends Event, State> {
  /**
   * Checks that the command causes exactly these events: their types and data, and those other fields that an expected
   * event contains.
   */
  thenEvents(...events: readonly EventDraft<E>[]): Promise<void>;
  /** Checks that the command is accepted and causes no event. */
  thenNothing(): Promise<void>;
  /**
   * Checks that the command is rejected with an error of this code or class, with a message that matches the pattern,
   * or with one that the function accepts.
   */
  thenRejects(expected: ExpectedRejection): Promise<void>;
  /** Checks the state after the events that the command causes. */
  thenState(state: State): Promise<void>;
}

/** Tests of a decider, made by {@link testDecider}. The functions can be used without the object. */
export interface DeciderTest<E extends Event, C extends Command, State> {
  /** Sets the events before the command, in order. */
  readonly given: (...events: readonly EventDraft<E>[]) => {
    /** Sets the command. It is decided when a check is called, so nothing is tested without one. */
    readonly when: (command: C) => DeciderChecks<E, State>;
  };
  /** Makes an event, for `given` and `thenEvents`. */
  readonly event: MakeEvent<E>;
}

/** Options of {@link testDecider}. */
export interface DeciderTestOptions {
  /**
   * Id of the actor that the events and the command are for.
   * @default "actor-1"
   */
  readonly actorId?: string | undefined;
}

/**
 * Tests a decider without a store: given these events, when this command comes, then this is the outcome. Works with
 * every test runner, and with decisions that are asynchronous. Every check also fails if a function of the decider
 * changes its arguments.
 *
 * @example
 * ```ts
 * const { given, event } = testDecider(orders);
 * const placed = event("OrderPlaced", { item: "lamp" });
 * const ship = { type: "ShipOrder", carrier: "DHL" } as const;
 * await given(placed).when(ship).thenEvents(event("OrderShipped", { carrier: "DHL" }));
 * await given(placed).when({ type: "PlaceOrder", item: "lamp" }).thenNothing();
 * ```
 */
export function testDecider<E extends Event, C extends Command, State>(
  decider: Decider<E, C, State>,
  { actorId = "actor-1" }: DeciderTestOptions = {},
): DeciderTest<E, C, State> {
  const rules = new Rules(decider);
  const event = makeEvent as MakeEvent<E>;

  return {
    event,
    given: (...given) => ({
      when: (command) => {
        const fail = (expectation: string, expected: unknown, actual: unknown): never => {
          throw new DeciderTestError({ given, command, expectation, expected, actual });
        };
        /** Returns a function that fails if the arguments of a function of the decider have changed. */
        const guard = (name: string, args: object) => {
          const before = deepCopy(args, true);
          return () => {
            if (difference(before, args) !== undefined) fail(`${name} must not change its arguments`, before, args);
          };
        };
        const evolve = (before: State, drafts: readonly EventDraft<E>[], version: number) =>
          drafts.reduce((state, draft, index) => {
            const stored = storedEvent<E>(draft, actorId, version + index + 1);
            const checkUnchanged = guard(`evolve.${draft.eventType}`, { state, event: stored });
            const next = rules.evolve(state, stored);
            checkUnchanged();
            return next;
          }, before);
        /** Decides the command. Returns the outcome, or the error that was thrown. */
        const outcome = async () => {
          // A copy, because a change of a frozen state would throw an error that says less.
          const state = evolve(deepCopy(rules.initialState(), false), given, 0);
          const checkUnchanged = guard(`decide.${command?.type}`, { state, command });
          const context = new DecideCall<E>(actorId, given.length, undefined);
          const decide = async () => context.draftsOf(await rules.decide(state, command, context), command).map(asJson);
          const end = await decide().then(
            (events) => ({ events, state }),
            (error: unknown) => ({ error }),
          );
          checkUnchanged();
          return end;
        };
        const accepted = async (expectation: string, expected: unknown) => {
          const end = await outcome();
          return "error" in end ? fail(expectation, expected, end.error) : end;
        };
        return {
          thenEvents: async (...expected) => {
            const expectation = "the command must cause these events";
            const { events } = await accepted(expectation, expected);
            const wanted = expected.map(asJson);
            const actual = events.map((draft, index) => withFieldsOf(draft, wanted[index]));
            if (difference(wanted, actual) !== undefined) fail(expectation, wanted, actual);
          },
          thenNothing: async () => {
            const expectation = "the command must cause no event";
            const { events } = await accepted(expectation, []);
            if (events.length > 0) fail(expectation, [], events);
          },
          thenRejects: async (expected) => {
            if (typeof expected !== "string" && typeof expected !== "function" && !(expected instanceof RegExp)) {
              throw invalid("expected", "must be a code, a regular expression, an error class or a function");
            }
            const end = await outcome();
            if (!("error" in end)) fail("the command must be rejected", describe(expected), end.events);
            else if (!isExpected(expected, end.error)) {
              fail("the command must be rejected with the expected error", describe(expected), end.error);
            }
          },
          thenState: async (expected) => {
            const expectation = "the command must lead to this state";
            const { events, state } = await accepted(expectation, expected);
            const actual = evolve(state, events, given.length);
            if (difference(expected, actual) !== undefined) fail(expectation, expected, actual);
          },
        };
      },
    }),
  };
}

/** An event as a store returns it. */
function storedEvent<E extends Event>(draft: EventDraft<E>, actorId: string, version: number): E {
  const defaults = { id: `event-${version}`, timestamp: "2000-01-01T00:00:00.000Z" };
  return { ...defaults, ...asJson(draft), actorId, version } as unknown as E;
}

/** Returns the form in which a store keeps the event. */
function asJson<Draft>(draft: Draft): Draft {
  return JSON.parse(JSON.stringify(draft));
}

/** Leaves out those optional fields that the expected event does not have. */
function withFieldsOf<E extends Event>(draft: DecidedEvent<E>, expected: EventDraft<E> | undefined): object {
  const { eventType, data, ...others } = draft;
  if (expected === undefined) return { eventType, data, ...others };
  const fields = Object.entries(others).filter(([field]) => field in expected);
  return { eventType, data, ...Object.fromEntries(fields) };
}

function isExpected(expected: ExpectedRejection, error: unknown): boolean {
  if (typeof expected === "string") return (error as { code?: unknown } | undefined)?.code === expected;
  if (expected instanceof RegExp) return messageOf(error).search(expected) !== -1; // also with the flag g
  if (isErrorClass(expected)) return error instanceof expected;
  return expected(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isErrorClass(expected: ExpectedRejection): expected is abstract new (...args: never) => Error {
  return expected === Error || (expected as { prototype?: unknown }).prototype instanceof Error;
}

function describe(expected: ExpectedRejection): string {
  if (typeof expected === "string") return `an error with the code ${expected}`;
  if (expected instanceof RegExp) return `an error with a message that matches ${expected}`;
  return isErrorClass(expected)
    ? `an error of the class ${expected.name}`
    : "an error for which the function returns true";
}
