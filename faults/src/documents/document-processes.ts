import { setTimeout as delay } from "node:timers/promises";
import { ProcessHandle } from "../process-handle.ts";
import type {
  DocumentPlan,
  DocumentTally,
  FromDocumentProcess,
  ProcessReport,
  ToDocumentProcess,
  View,
} from "./document-messages.ts";

/** Interval at which the processes learn which writes were acknowledged to the others, in milliseconds. */
const LEARN_INTERVAL_MS = 200;

/** The suite's handle to one process. */
class DocumentProcess extends ProcessHandle<ToDocumentProcess, FromDocumentProcess> {
  tally: DocumentTally = { acknowledged: 0, conflicts: 0, unknown: 0, changes: [] };
  heights: Readonly<Record<string, number>> = {};
  views: readonly View[] = [];
  readonly #plan: DocumentPlan;

  constructor(plan: DocumentPlan) {
    super(plan.name, new URL("./document-process.js", import.meta.url), ({ tally, heights, views }) => {
      this.tally = tally;
      this.heights = heights;
      this.views = views;
    });
    this.#plan = plan;
    this.send({ kind: "start", plan });
  }

  /** The documents that each watcher holds. */
  get watchedViews(): readonly View[] {
    return Array.from({ length: this.#plan.watchers }, (_, index) => this.views[index] ?? null);
  }

  /** Counters that rise while the process works. */
  get progress(): Readonly<Record<string, number>> {
    const { workers, watchers } = this.#plan;
    const changes = Array.from({ length: watchers }, (_, index) => [
      `watch ${index} of ${this.name}`,
      this.tally.changes[index] ?? 0,
    ]);
    const writes = workers > 0 ? [[`writing on ${this.name}`, this.tally.acknowledged]] : [];
    return Object.fromEntries([...writes, ...changes]);
  }
}

/** Describes the differences between the documents that a watcher holds and those of the store. */
function differencesOf(name: string, view: View, listed: Readonly<Record<string, string>>): readonly string[] {
  if (view === null) return [`${name} has not reported all documents`];
  return [...new Set([...Object.keys(listed), ...Object.keys(view)])]
    .filter((id) => view[id] !== listed[id])
    .map((id) => `${name} holds ${id} at ${view[id] ?? "no revision"}, but it is at ${listed[id] ?? "no revision"}`);
}

/** The suite's handle to all processes. Disposing it ends them. */
export class DocumentProcesses implements AsyncDisposable {
  readonly #processes: readonly DocumentProcess[];
  readonly #timer: ReturnType<typeof setInterval>;

  private constructor(processes: readonly DocumentProcess[]) {
    this.#processes = processes;
    this.#timer = setInterval(() => this.#share(), LEARN_INTERVAL_MS);
  }

  /** Starts the processes. Resolves when all of them work. */
  static async start(plans: readonly DocumentPlan[]): Promise<DocumentProcesses> {
    const processes = new DocumentProcesses(plans.map((plan) => new DocumentProcess(plan)));
    try {
      await Promise.all(processes.#processes.map((each) => each.waitFor("ready")));
      return processes;
    } catch (error) {
      await processes.close();
      throw error;
    }
  }

  get progress(): Readonly<Record<string, number>> {
    return Object.assign({}, ...this.#processes.map(({ progress }) => progress));
  }

  /** The figures so far on which the end of a run can depend. */
  get figures(): Readonly<Record<string, number>> {
    return {
      "document writes acknowledged": this.#sum(({ acknowledged }) => acknowledged),
      "revision conflicts": this.#sum(({ conflicts }) => conflicts),
      "unknown document writes": this.#sum(({ unknown }) => unknown),
    };
  }

  /** Number of changes that all watchers have received. */
  get changes(): number {
    return this.#sum(({ changes }) => changes.reduce((total, count) => total + count, 0));
  }

  /** Lets all workers finish their steps. The watches continue. */
  async finish(): Promise<void> {
    for (const each of this.#processes) each.send({ kind: "finish" });
    await Promise.all(this.#processes.map((each) => each.waitFor("finished")));
  }

  /**
   * Waits until every watcher holds the documents that the store lists. Returns the differences that are left at the
   * timeout.
   *
   * @param list - lists the documents of the store, as revisions by id
   */
  async compareViews(
    list: () => Promise<Readonly<Record<string, string>>>,
    timeoutMs: number,
  ): Promise<readonly string[]> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const listed = await list();
      const differences = this.#processes.flatMap(({ name, watchedViews }) =>
        watchedViews.flatMap((view, index) => differencesOf(`watch ${index} of ${name}`, view, listed)),
      );
      if (differences.length === 0 || performance.now() > deadline) return differences;
      await delay(LEARN_INTERVAL_MS);
    }
  }

  /** Ends all watches, and collects the reports. */
  reports(): Promise<readonly ProcessReport[]> {
    for (const each of this.#processes) each.send({ kind: "report" });
    return Promise.all(this.#processes.map(async (each) => (await each.waitFor("report")).report));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#processes.map((each) => each.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #sum(count: (tally: DocumentTally) => number): number {
    return this.#processes.reduce((total, { tally }) => total + count(tally), 0);
  }

  #share(): void {
    const heights: Record<string, number> = {};
    for (const each of this.#processes) {
      for (const [id, height] of Object.entries(each.heights)) heights[id] = Math.max(heights[id] ?? 0, height);
    }
    for (const each of this.#processes) each.send({ kind: "learn", heights });
  }
}
