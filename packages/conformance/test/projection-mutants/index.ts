import type { FeedOptions, FeedPage } from "@aether/core";
import { type DocumentWrite, isAetherError, type Position, type StoredEvent } from "@aether/core";
import type { ProjectedEvent } from "../../src/index.ts";
import { type Held, type Loaded, ReferenceProjection } from "../reference-projection/reference-projection.ts";
import { type ProjectionMutant, projectionMutant } from "./mutant.ts";

const fold = "contents: the documents are a plain fold of the events that are stored, and of those that follow";
const ownReads = "contents: a read that waits for an acknowledged save includes it, in every process";
const anyWrite = "crashes: processes that end at any write leave the documents of a plain fold";
const partitions =
  "crashes: processes that share partitions, come and go, and end at any write leave the documents of a plain fold";
const lostAnswers = "crashes: writes whose answers are lost are neither repeated nor left out";
const late = "owners: late writes of a process that was paused while another one took over change nothing";
const again = "owners: an event that is delivered again changes nothing";
const whenLive = "rebuilds: a new version is read only once it has handled everything that is stored";
const meanwhile = "rebuilds: a new version misses no event that is saved while it is built";
const completed = "rebuilds: a new version is completed by another process if the first one ends while it is built";

type Page = readonly StoredEvent<ProjectedEvent>[];

class SkipsLast extends ReferenceProjection {
  protected override handle(held: Held, page: Page): Promise<void> {
    return super.handle(held, page.length > 3 ? page.slice(0, -1) : page);
  }
}

class KeepsDeleted extends ReferenceProjection {
  protected override writeEach(changed: readonly (readonly [string, Loaded])[]): Promise<void> {
    return super.writeEach(changed.filter(([, { value }]) => value !== undefined));
  }
}

class ReadsAtOnce extends ReferenceProjection {
  protected override isReached(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

class CheckpointFirst extends ReferenceProjection {
  protected override async handle(held: Held, page: Page): Promise<void> {
    const loaded = await this.fold(held.partition, page);
    await this.save(held, page.at(-1)?.position ?? null);
    await this.writeEach([...loaded].filter(([, { isChanged }]) => isChanged));
  }
}

class TwoCalls extends ReferenceProjection {
  protected override async handle(held: Held, page: Page): Promise<void> {
    const loaded = await this.fold(held.partition, page);
    const changed = [...loaded].filter(([, { isChanged }]) => isChanged);
    await this.writeEach(changed);
    await this.save(held, page.at(-1)?.position ?? null);
  }
  protected override contains(): boolean {
    return false;
  }
}

class NoGuard extends ReferenceProjection {
  protected override contains(): boolean {
    return false;
  }
}

class GuardByVersion extends ReferenceProjection {
  protected override markOf({ event }: StoredEvent<ProjectedEvent>): Position {
    return String(event.version).padStart(16, "0") as Position;
  }
}

class Unconditional extends ReferenceProjection {
  protected override writeOf(id: string, loaded: Loaded): DocumentWrite {
    const { expectedRevision: _, ...write } = super.writeOf(id, loaded);
    return write as DocumentWrite;
  }
}

class NoTombstones extends ReferenceProjection {
  protected override writeOf(id: string, loaded: Loaded): DocumentWrite {
    const write = super.writeOf(id, loaded);
    if (loaded.value !== undefined || loaded.revision === "absent") return write;
    return { type: "delete", collection: write.collection, id, expectedRevision: loaded.revision };
  }
}

class DividesActors extends ReferenceProjection {
  protected override get dividesActors(): boolean {
    return true;
  }
}

class LostIsDone extends ReferenceProjection {
  protected override async writeEach(changed: readonly (readonly [string, Loaded])[]): Promise<void> {
    for (const each of changed) {
      await super.writeEach([each]).catch((error: unknown) => {
        if (!isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) throw error;
      });
    }
  }
}

class LiveTooEarly extends ReferenceProjection {
  protected override switchAt(): Promise<Position | undefined> {
    return Promise.resolve(undefined);
  }
}

class SharedCheckpoint extends ReferenceProjection {
  protected override leases(): string {
    return super.leases(1);
  }
}

class SkipsMeanwhile extends ReferenceProjection {
  protected override async *feed(options: FeedOptions<ProjectedEvent>): AsyncGenerator<FeedPage<ProjectedEvent>> {
    if (this.sample.version === 1 || options.after !== undefined) return yield* super.feed(options);
    const end = (await this.store.getLatestPosition()) ?? "";
    for await (const page of super.feed({ ...options, follow: false })) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const events = page.events.filter(({ position }) => position <= end);
      yield { ...page, events, position: events.at(-1)?.position };
    }
    yield* super.feed({ ...options, after: await this.store.getLatestPosition() });
  }
}

/** All broken projections. */
export const projectionMutants: readonly ProjectionMutant[] = [
  projectionMutant("skips the last event of a page", [fold], SkipsLast),
  projectionMutant("keeps documents that are deleted", [fold], KeepsDeleted),
  projectionMutant("does not wait for a position", [ownReads], ReadsAtOnce),
  projectionMutant("stores the checkpoint before the documents", [anyWrite, again], CheckpointFirst),
  projectionMutant("writes atomic documents and the checkpoint one after the other", [anyWrite], TwoCalls, "atomic"),
  projectionMutant("folds an event again if it is delivered again", [anyWrite, again, completed], NoGuard),
  projectionMutant("compares versions of actors, and not positions", [fold, partitions], GuardByVersion),
  projectionMutant("writes documents whatever their revision is", [late], Unconditional),
  projectionMutant("leaves nothing of a document that was deleted", [late], NoTombstones),
  projectionMutant("divides the actors, although documents have events of several", [fold, partitions], DividesActors),
  projectionMutant("takes a lost answer for success", [lostAnswers], LostIsDone),
  projectionMutant("is read before it has handled everything", [whenLive], LiveTooEarly),
  projectionMutant("continues at the checkpoint of the version before it", [whenLive], SharedCheckpoint),
  projectionMutant("skips the events that were saved while it was built", [meanwhile], SkipsMeanwhile),
];
