import type { CallOptions } from "@aether/core";
import type { ProcessorState } from "@aether/processor";
import type { ProjectionProgress } from "./progress.ts";
import type { ProjectionReader, ProjectionWaitOptions } from "./reading/projection-reads.ts";

/** State of a projection in this process. It contains only JSON values. */
export interface ProjectionStatus {
  /** Name of the projection. */
  readonly name: string;
  /** Version of the projection. */
  readonly version: number;
  /** The live version: the one that is read. `undefined` before the start. */
  readonly liveVersion: number | undefined;
  /** State of the processor that keeps the documents current. */
  readonly state: ProcessorState;
  /**
   * True if everything in the store was handled. Only the partitions of this process count. False if it has none,
   * because other processes handle all of them.
   */
  readonly isCaughtUp: boolean;
  /** Number of events that were handled since the start. */
  readonly handledEvents: number;
  /**
   * Message of the error that the projection currently tries to overcome, for example a lost connection, or of the
   * error that has stopped it.
   */
  readonly problem: string | undefined;
}

/** A projection that is kept current, and its documents. */
export interface RunningProjection<D extends object = object> extends ProjectionReader<D> {
  /** Version of the projection. */
  readonly version: number;
  /** State of the projection at this moment. */
  readonly status: ProjectionStatus;
  /**
   * Waits until the documents are ready to be read, whichever process builds them: this version, or a later one, is
   * live, and has handled everything that was stored when the method was first called.
   *
   * The first version of a projection is live, and so it is read, while it is still being built. Another one becomes
   * live as soon as it has handled everything in the store.
   *
   * @throws `AETHER_PROJECTION_NOT_LIVE` if the documents are not ready in time
   * @throws `AETHER_PROCESSOR_STOPPED` if the projection has stopped, or an error has stopped it
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  untilLive(options?: ProjectionWaitOptions): Promise<void>;
  /**
   * Returns the progress through the store, with the rate and the estimated remaining time.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  progress(options?: CallOptions): Promise<ProjectionProgress>;
  /**
   * Waits for the end of the projection. Resolves after `stop`. If an error stops a projection without `onStatus` on
   * which this method was not called, the error is printed with `console.error`.
   *
   * @throws `AETHER_PROCESSOR_STOPPED` if an error has stopped it. Its `cause` is the error.
   */
  untilStopped(): Promise<void>;
  /** Stops the projection. Its documents remain. Can be called more than once. Never rejects. */
  stop(): Promise<void>;
}
