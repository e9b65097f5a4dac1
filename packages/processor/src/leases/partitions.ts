import type { Event, Position } from "@aether/core";
import { ProcessorRetiredError } from "../errors.ts";
import type { Counters } from "../handling/counters.ts";
import { PartitionRun, type RunFailure } from "../handling/partition-run.ts";
import { Slots } from "../handling/slots.ts";
import { isCrash } from "../handling/trials.ts";
import type { Problems } from "../problems.ts";
import type { ResolvedOptions } from "../processor-options.ts";
import { isPartitionRecord, type PartitionRecord } from "../state/partition-record.ts";
import { isPassing } from "../state/passing-errors.ts";
import { checkedValue, collectionOf, documentIds } from "../state/processor-documents.ts";
import type { SettingsRecord } from "../state/settings-record.ts";
import type { Board, Sighting } from "./board.ts";
import { fairShare } from "./fair-share.ts";
import { Lease } from "./lease.ts";
import type { Membership } from "./membership.ts";

export interface PartitionsParts<E extends Event> {
  readonly options: ResolvedOptions<E>;
  readonly board: Board;
  readonly membership: Membership<E>;
  readonly counters: Counters;
  /** Position that partitions without a checkpoint start after. */
  readonly startAfter: Position | null;
  /** Called when the position up to which events are handled has moved. */
  readonly onAdvance: () => void;
  /** Called when the partitions or the parked actors have changed. */
  readonly onChange: () => void;
  readonly problems: Problems;
  /** Called with the error that stops the processor. */
  readonly onFailure: (failure: RunFailure) => void;
}

/** Takes the partitions that are this process's fair share, and runs them. */
export class Partitions<E extends Event> {
  readonly #parts: PartitionsParts<E>;
  readonly #runs = new Map<number, PartitionRun<E>>();
  readonly #ends = new Set<Promise<void>>();
  readonly #slots: Slots;
  /** The partitions that were given up for other processes: the token of the lease, and the time. */
  readonly #givenUp = new Map<number, { readonly token: string; readonly atMs: number }>();
  readonly #stopped = new AbortController();
  readonly #onProblem: (error: unknown) => void;
  readonly #offset: number;
  #step: Promise<void> | undefined;
  #isStepDue = false;

  constructor(parts: PartitionsParts<E>) {
    this.#parts = parts;
    this.#onProblem = parts.problems.source();
    this.#slots = new Slots(parts.options.concurrency);
    this.#offset = Math.floor(parts.options.random() * parts.options.partitions);
  }

  /** The running partitions, by number. */
  get runs(): readonly PartitionRun<E>[] {
    return [...this.#runs.values()].sort((one, other) => one.partition - other.partition);
  }

  runOf(partition: number): PartitionRun<E> | undefined {
    return this.#runs.get(partition);
  }

  /** Begins to take partitions, and looks for free ones until `stop` is called. Never rejects. */
  async keep(intervalMs: number): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      this.check();
      await this.#parts.options.clock.sleep(intervalMs, signal).catch(() => {});
    }
  }

  /** Takes and gives up partitions, if the documents that were seen say so. */
  check(): void {
    this.#passOnRequests();
    this.#isStepDue = true;
    this.#step ??= this.#steps().finally(() => {
      this.#step = undefined;
    });
  }

  /** Stops all partitions, and releases them once their handlers have ended. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error("the processor stops"));
    for (const run of this.#runs.values()) run.stop();
    await this.#step;
    for (const run of this.#runs.values()) run.stop();
    await Promise.all(this.#ends);
  }

  async #steps(): Promise<void> {
    while (this.#isStepDue && !this.#stopped.signal.aborted) {
      this.#isStepDue = false;
      try {
        await this.#takeAndGiveUp();
        this.#onProblem(undefined);
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        if (isPassing(error)) this.#onProblem(error);
        else this.#parts.onFailure({ error, position: undefined });
        return;
      }
    }
  }

  async #takeAndGiveUp(): Promise<void> {
    const { options, membership, board, startAfter, counters } = this.#parts;
    const { clock, leaseMs, documents, name } = options;
    board.checkObserved();
    const settings = board.get(documentIds.settings)?.document.value as SettingsRecord | undefined;
    if (settings?.isRetired === true) throw new ProcessorRetiredError({ processor: name });
    // A partition may only be taken in the state in which it was found to be free.
    const sightings = Array.from({ length: options.partitions }, (_, partition) =>
      board.get(documentIds.partition(partition)),
    );
    const views = sightings.map((sighting, partition) => ({
      partition,
      isOwn: this.#runs.has(partition),
      isFree: this.#isFree(sighting),
      isGivenUp: this.#isGivenUp(partition, sighting),
    }));
    const { take, giveUp } = fairShare(views, membership.size, this.#offset);
    for (const partition of giveUp) {
      const run = this.#runs.get(partition);
      if (run === undefined) continue;
      this.#givenUp.set(partition, { token: run.token, atMs: clock.now() });
      run.stop();
    }
    for (const partition of take) {
      if (this.#stopped.signal.aborted) return;
      const parts = { documents, name, leaseMs, clock, startAfter };
      const lease = await Lease.take(parts, partition, sightings[partition]?.document);
      if (lease === undefined) {
        // The document has changed since it was seen. Do not depend on a report of the change.
        await board.refresh(documentIds.partition(partition));
        continue;
      }
      if (isCrash(lease.former)) counters.takeovers++;
      this.#run(lease);
    }
  }

  /** Returns true if no other process has had the time to take a partition that was given up. */
  #isGivenUp(partition: number, sighting: Sighting | undefined): boolean {
    const givenUp = this.#givenUp.get(partition);
    if (givenUp === undefined || sighting === undefined) return false;
    const { clock, leaseMs } = this.#parts.options;
    const isUntaken = (sighting.document.value as PartitionRecord).token === givenUp.token;
    if (isUntaken && clock.now() - givenUp.atMs < leaseMs) return true;
    this.#givenUp.delete(partition);
    return false;
  }

  #isFree(sighting: Sighting | undefined): boolean {
    if (sighting === undefined) return true;
    const { leaseMs, isReleased } = checkedValue<PartitionRecord>(sighting.document, isPartitionRecord);
    const { clock, leaseMs: ownLeaseMs } = this.#parts.options;
    return isReleased || clock.now() - sighting.sinceMs >= Math.max(leaseMs, ownLeaseMs);
  }

  #run(lease: Lease): void {
    const { options, counters, onAdvance, onChange, problems } = this.#parts;
    const onProblem = problems.source();
    const run = new PartitionRun({
      options,
      lease,
      slots: this.#slots,
      counters,
      onAdvance,
      onParked: onChange,
      onProblem,
    });
    this.#runs.set(lease.partition, run);
    const end = this.#untilEnd(run).finally(() => {
      onProblem(undefined);
      this.#ends.delete(end);
    });
    this.#ends.add(end);
    onChange();
    if (this.#stopped.signal.aborted) run.stop();
  }

  async #untilEnd(run: PartitionRun<E>): Promise<void> {
    const { counters, onChange, onFailure } = this.#parts;
    const end = await run.run();
    this.#runs.delete(run.partition);
    if (end === "lost") counters.lostLeases++;
    else if (end !== undefined) {
      this.#stopped.abort(end.error);
      onFailure(end);
    }
    onChange();
    this.check();
  }

  /** Reads the requests for parked actors of a partition, if this process handles it. */
  async readRequests(partition: number, signal: AbortSignal | undefined): Promise<void> {
    const { documents, name } = this.#parts.options;
    const run = this.#runs.get(partition);
    if (run === undefined) return;
    const document = await documents.getDocument(collectionOf(name), documentIds.parked(partition), { signal });
    if (document !== undefined) run.learnRequests(document);
  }

  /** Passes the requests of other processes on to the runs. */
  #passOnRequests(): void {
    for (const run of this.#runs.values()) {
      const sighting = this.#parts.board.get(documentIds.parked(run.partition));
      if (sighting !== undefined) run.learnRequests(sighting.document);
    }
  }
}
