import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import type { FeedPage, Position } from "@aether/core";

/** An event as a feed delivered it. */
export type DeliveredEvent = readonly [position: Position, actorId: string, version: number, id: string];

/** A page of a feed, with the times when it was requested and when it arrived. */
export interface DeliveredPage {
  readonly requestedAt: number;
  readonly arrivedAt: number;
  readonly isCaughtUp: boolean;
  readonly position: Position | undefined;
  readonly events: readonly DeliveredEvent[];
  /** Number of malformed records. The workload writes none. */
  readonly errors: number;
}

/**
 * The pages that a follower has received, in a file. Each page is one line, so its events and its position are stored
 * in one step. A process that is killed loses at most the page that it was writing, and its successor continues after
 * the last whole one.
 */
export class FeedLog {
  readonly #path: string;

  /** Opens a log, or continues an existing one. Removes an incomplete last line. */
  constructor(path: string) {
    this.#path = path;
    if (!existsSync(path)) writeFileSync(path, "");
    truncateSync(path, readFileSync(path).lastIndexOf("\n") + 1);
  }

  /** Position of the last page; `undefined` if there is none. */
  get position(): Position | undefined {
    return readPages(this.#path).at(-1)?.position;
  }

  append({ events, errors, position, isCaughtUp }: FeedPage, requestedAt: number, arrivedAt: number): void {
    const page: DeliveredPage = {
      requestedAt,
      arrivedAt,
      isCaughtUp,
      position,
      events: events.map(({ event: { actorId, version, id }, position: at }) => [at, actorId, version, id]),
      errors: errors.length,
    };
    appendFileSync(this.#path, `${JSON.stringify(page)}\n`);
  }
}

/** Reads the pages in the file of a {@link FeedLog}. */
export function readPages(path: string): readonly DeliveredPage[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line) as DeliveredPage);
}
