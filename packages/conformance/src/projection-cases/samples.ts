import type { FeedEventStore, NewEvent, Position } from "@aether/core";
import { check } from "../checks/check.ts";
import type { SeededRandom } from "../samples/seeded-random.ts";
import type { ProjectionCaseContext } from "../suite/projection-case.ts";
import type {
  ProjectedEvent,
  ProjectedValue,
  ProjectionSample,
  RunningSample,
} from "../suite/projections-under-test.ts";

/** Depends on every earlier number, and on the order. */
const next = (n: number | undefined, added: number): number => ((n ?? 0) * 3 + added) % 1_000_003;

const evolve: ProjectionSample["evolve"] = {
  Added: (document, { data: { n, group } }) => ({ n: next(document?.n, n), group }),
  // Some documents change, and others do not.
  Kept: (document, { data: { n, group } }) =>
    document === undefined || document.n % 2 === 0 ? document : { n: next(document.n, n), group },
  Removed: () => undefined,
};

/** Kind of a projection: the documents that an event changes. */
export type Kind = "own" | "shared" | "history";

export const kindNames: readonly Kind[] = ["own", "shared", "history"];

const kinds: Readonly<Record<Kind, ProjectionSample["documentId"]>> = {
  /** Each document is an actor. */
  own: undefined,
  /** Documents have events of several actors. */
  shared: ({ actorId, data }) => [actorId, "all", data.group],
  /** The documents of an event depend on earlier events of its actor. */
  history: async (event, { history }) => [
    event.actorId,
    ...(await history()).filter(({ eventType }) => eventType === "Added").flatMap(({ data }) => data.group),
  ],
};

/** Returns the sample of a kind. */
export function sampleOf(kind: Kind, name: string, version = 1): ProjectionSample {
  return { name, version, documentId: kinds[kind], evolve: version === 1 ? evolve : doubled };
}

/** The functions of later versions give other documents. */
const doubled: ProjectionSample["evolve"] = {
  ...evolve,
  Added: (document, { data: { n, group } }) => ({ n: next(document?.n, 2 * n + 1), group }),
};

const ACTORS = 4;

/** Saves random events of a few actors, one after the other. */
export class Saver {
  readonly #store: FeedEventStore<ProjectedEvent>;
  readonly #random: SeededRandom;
  readonly #versions = new Map<string, number>();
  #n = 0;

  constructor(store: FeedEventStore<ProjectedEvent>, random: SeededRandom) {
    this.#store = store;
    this.#random = random;
  }

  /** Saves a number of events. Returns the position of the last one. */
  async save(count: number): Promise<Position> {
    let position: Position | undefined;
    for (let saved = 0; saved < count; saved++) position = await this.#saveOne();
    return position as Position;
  }

  #saveOne(): Promise<Position> {
    const random = this.#random;
    const eventType = random.pick(["Added", "Added", "Kept", "Kept", "Removed"] as const);
    return this.saveOf(`actor-${random.below(ACTORS)}`, eventType);
  }

  /** Saves an event of an actor. Returns its position. */
  async saveOf(actorId: string, eventType: ProjectedEvent["eventType"]): Promise<Position> {
    const version = (this.#versions.get(actorId) ?? 0) + 1;
    this.#versions.set(actorId, version);
    const data = { n: ++this.#n, group: `group-${this.#random.below(3)}` };
    return (await this.#store.saveEvent({ actorId, version, eventType, data } as NewEvent<ProjectedEvent>)).position;
  }
}

/** The documents by id. */
export type Contents = Readonly<Record<string, ProjectedValue>>;

/** Returns the documents that a plain fold over the feed gives. */
export async function plainFold(store: FeedEventStore<ProjectedEvent>, sample: ProjectionSample): Promise<Contents> {
  const documents = new Map<string, ProjectedValue>();
  const histories = new Map<string, ProjectedEvent[]>();
  for await (const page of store.readFeed()) {
    for (const { event } of page.events) {
      const history = [...(histories.get(event.actorId) ?? []), event];
      histories.set(event.actorId, history);
      const ids = (await sample.documentId?.(event, { history: async () => history })) ?? [event.actorId];
      for (const id of new Set(ids)) {
        const after = sample.evolve[event.eventType](documents.get(id), event as never);
        if (after === undefined) documents.delete(id);
        else documents.set(id, after);
      }
    }
  }
  return contentsOf([...documents].map(([id, document]) => ({ id, document })));
}

/** Checks that the documents of a projection are those of a plain fold over the feed. */
export async function checkContents(
  guarantee: string,
  given: unknown,
  { store, waitMs: timeoutMs }: Pick<ProjectionCaseContext, "store" | "waitMs">,
  sample: ProjectionSample,
  running: RunningSample,
  atLeast: Position,
): Promise<void> {
  const listed: { readonly id: string; readonly document: ProjectedValue }[] = [];
  for await (const each of running.list({ atLeast, timeoutMs })) listed.push(each);
  const expected = await plainFold(store, sample);
  check(guarantee, { given, expected, actual: contentsOf(listed) });
  for (const id of [...Object.keys(expected), "none"]) {
    const actual = await running.get(id, { atLeast, timeoutMs });
    check(guarantee, { given: { ...(given as object), get: id }, expected: expected[id], actual });
  }
}

function contentsOf(documents: readonly { readonly id: string; readonly document: ProjectedValue }[]): Contents {
  return Object.fromEntries(
    [...documents].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, document }) => [id, document]),
  );
}
