import {
  type Event,
  type EventDraft,
  type Immutable,
  InvalidArgumentError,
  invalid,
  type StoredEvent,
} from "@aether/core";
import { detachJson, formatPosition } from "@aether/store-kit";
import { type DocumentState, foldEvent } from "../folding/fold.ts";
import { targetsOf } from "../folding/targets.ts";
import type { Projection } from "../projection.ts";
import { isSameJson } from "./differences.ts";
import { ProjectionTestError } from "./projection-test-error.ts";

/** Event of a test: a draft with its actor. */
export type GivenEvent<E extends Event = Event> = EventDraft<E> & { readonly actorId: string };

/** Expectations about the documents after the given events. */
export interface ProjectionExpectations<D extends object> {
  /**
   * Resolves if the document is as expected.
   *
   * @throws `ProjectionTestError` with the differences
   * @throws `AETHER_PROJECTION_FAILED` if the definition fails, changes its arguments, or returns other than JSON
   */
  expect(id: string, document: D): Promise<void>;
  /** Resolves if the document does not exist. @throws the errors of `expect` */
  expectNone(id: string): Promise<void>;
}

/** Test of a projection. */
export interface ProjectionTest<E extends Event, D extends object> {
  /** Folds events in the given order. Missing ids and timestamps are added. */
  given(...events: readonly GivenEvent<E>[]): ProjectionExpectations<D>;
}

/**
 * Tests a projection without stores, in any test runner.
 *
 * @example
 * ```ts
 * await testProjection(orderSummaries)
 *   .given({ actorId: "order-1", eventType: "OrderPlaced", data: { item: "lamp" } })
 *   .expect("order-1", { status: "placed", items: ["lamp"] });
 * ```
 */
export function testProjection<E extends Event, D extends object>(projection: Projection<E, D>): ProjectionTest<E, D> {
  return {
    given: (...events) => {
      const documents = fold(projection, storedEvents(events));
      documents.catch(() => {}); // Reported by the expectations.
      const check = async (id: string, expected: D | undefined): Promise<void> => {
        const actual = (await documents).get(id)?.document as D | undefined;
        const wanted = expected && detachJson(expected, "document", argumentError);
        if (isSameJson(actual, wanted)) return;
        throw new ProjectionTestError(id, wanted, actual);
      };
      return {
        expect: async (id, document) => {
          if (document === undefined) throw invalid("document", "must be an object; use expectNone for no document");
          await check(id, document);
        },
        expectNone: (id) => check(id, undefined),
      };
    },
  };
}

async function fold<E extends Event, D extends object>(
  projection: Projection<E, D>,
  events: readonly StoredEvent<E>[],
): Promise<ReadonlyMap<string, DocumentState<D>>> {
  const states = new Map<string, DocumentState<D>>();
  for (const stored of events) {
    const { actorId, version } = stored.event;
    const ids = await targetsOf(projection, stored, {
      historyOf: async () =>
        events.map(({ event }) => event).filter((each) => each.actorId === actorId && each.version <= version),
      read: async (id) => states.get(id)?.document,
    });
    for (const id of ids) {
      if (!states.has(id)) states.set(id, { document: undefined, position: undefined, changedBy: undefined });
    }
    foldEvent(projection, stored, ids, states);
    for (const id of ids) {
      const state = states.get(id);
      // Frozen, so that a definition that changes its arguments fails here, too.
      if (state?.document !== undefined)
        state.document = detachJson<Immutable<D>>(state.document, `document ${JSON.stringify(id)}`, argumentError);
    }
  }
  return states;
}

function storedEvents<E extends Event>(given: readonly GivenEvent<E>[]): readonly StoredEvent<E>[] {
  const versions = new Map<string, number>();
  return given.map((each, index) => {
    const { actorId } = each;
    const version = (versions.get(actorId) ?? 0) + 1;
    versions.set(actorId, version);
    const event = { id: `event-${index + 1}`, timestamp: "2000-01-01T00:00:00.000Z", ...each, version };
    const path = `events[${index}]`;
    return {
      event: detachJson(event, path, argumentError) as unknown as E,
      position: formatPosition({ sequence: index + 1 }),
    };
  });
}

function argumentError(argument: string, reason: string, cause?: unknown): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason, cause });
}
