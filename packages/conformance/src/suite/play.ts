import { ConformanceError } from "../checks/conformance-error.ts";
import type { Patience } from "./patience.ts";
import { callBehind, watchedPromise } from "./watched-calls.ts";

/** Where stores or buses are opened, on places that a fixture makes. */
export interface Places<Place, Opened> {
  createPlace(): Place | Promise<Place>;
  open(place: Place): Opened | Promise<Opened>;
  destroyPlace?(place: Place): void | Promise<void>;
}

/** What a case has made and opened. */
export class Scene<Place, Opened extends object> {
  readonly made: Place[] = [];
  readonly opened: Opened[] = [];
  readonly #places: Places<Place, Opened>;
  readonly #watched: (opened: Opened, patience: Patience) => Opened;
  readonly #patience: Patience;
  readonly #unwatched = new Map<Opened, Opened>();

  constructor(
    places: Places<Place, Opened>,
    watched: (opened: Opened, patience: Patience) => Opened,
    patience: Patience,
  ) {
    this.#places = places;
    this.#watched = watched;
    this.#patience = patience;
  }

  async makePlace(): Promise<Place> {
    const place = await this.#places.createPlace();
    this.made.push(place);
    return place;
  }

  async open(place: Place): Promise<Opened> {
    const opening = async (): Promise<Opened> => this.#places.open(place);
    const unwatched = (await watchedPromise("open(place)", this.#patience, opening())) as Opened;
    const opened = this.#watched(unwatched, this.#patience);
    this.#unwatched.set(opened, unwatched);
    this.opened.push(opened);
    return opened;
  }

  /** What the fixture opened, as it was. */
  unwatched(opened: Opened): Opened {
    return this.#unwatched.get(opened) ?? opened;
  }
}

/** How a case is played. */
export interface Play<Place, Opened> {
  /** What is broken by an error that the case did not expect. */
  readonly promise: string;
  run(place: Place): Promise<void>;
  /** Closes what is open behind the case. Closing again what the case has closed is allowed. */
  close(opened: Opened): Promise<void>;
}

/**
 * Plays a case on a place of its own; closes what it opened and destroys its places whatever happens.
 *
 * @throws {@link ConformanceError}, or what the fixture throws when it makes or destroys a place
 */
export async function play<Place, Opened extends object>(
  scene: Scene<Place, Opened>,
  places: Places<Place, Opened>,
  { promise, run, close }: Play<Place, Opened>,
): Promise<void> {
  const place = await scene.makePlace();
  const failures: unknown[] = [];
  const attempt = async (work: () => unknown): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };
  await attempt(() => blamingTheOpened(promise, () => run(place)));
  for (const opened of scene.opened) await attempt(() => blamingTheOpened(promise, () => close(opened)));
  for (const made of scene.made) await attempt(() => places.destroyPlace?.(made));
  // What fails in the cleaning up after a case that failed is an echo: the first failure says what is wrong.
  if (failures.length > 0) throw failures[0];
}

/** An error that a case did not expect breaks the promise of the case. */
async function blamingTheOpened(promise: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ConformanceError) throw error;
    throw new ConformanceError({
      promise,
      given: callBehind(error) ?? `the case "${promise}"`,
      expected: "no error",
      actual: error,
      cause: error,
    });
  }
}
