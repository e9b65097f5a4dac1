import { createHash } from "node:crypto";
import type { Revision, StoredDocument } from "@aether/core";
import type { ObservationReport } from "./document-report.ts";

/** Values up to this length are described in full. */
const DESCRIBED_CHARACTERS = 80;

/** A height that a document has reached, and the time when that was known. */
interface Known {
  readonly height: number;
  readonly sinceMs: number;
}

/**
 * The documents as one process has seen them. Some of them have a height, a number that never falls: the sum of a
 * counter, and the turn of the lock. A read that finds a lower height than an earlier acknowledged write is stale.
 */
export class Observations {
  readonly #process: string;
  readonly #maxStalenessMs: number;
  readonly #revisions = new Map<string, string>();
  readonly #replaced: string[] = [];
  readonly #known = new Map<string, Known[]>();
  readonly #unexpected: string[] = [];
  readonly #staleReads: Record<string, number> = {};
  readonly #longestStalenessMs: Record<string, number> = {};

  /**
   * @param maxStalenessMs - longest accepted time for which a read may miss an acknowledged write; 0 if no read may
   */
  constructor(process: string, maxStalenessMs: number) {
    this.#process = process;
    this.#maxStalenessMs = maxStalenessMs;
  }

  /** The highest known height of each document. */
  get heights(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#known].map(([id, known]) => [id, known.at(-1)?.height ?? 0]));
  }

  /** Notes that an acknowledged write, of this process or of another one, has given a document this height. */
  learn(id: string, height: number): void {
    const known = this.#known.get(id) ?? [];
    this.#known.set(id, known);
    if (height > (known.at(-1)?.height ?? 0)) known.push({ height, sinceMs: performance.now() });
  }

  /** Notes an acknowledged write. */
  wrote(id: string, value: object | undefined, revision: Revision | undefined, replaced: Revision | undefined): void {
    if (replaced !== undefined) this.#replaced.push(replaced);
    if (revision === undefined || value === undefined) return;
    this.#saw(id, revision, value);
    const height = heightOf(value);
    if (height !== undefined) this.learn(id, height);
  }

  /** Notes a document that may be older than acknowledged writes. */
  saw({ id, revision, value }: StoredDocument): void {
    this.#saw(id, revision, value);
  }

  /** Notes a document that a get or a list has returned. */
  read(call: string, document: StoredDocument, beginMs: number): void {
    this.saw(document);
    const { id, value } = document;
    const height = heightOf(value);
    if (height !== undefined) this.checkHeight(call, id, height, beginMs);
  }

  /** Notes that a get, a list or a watch has found a document with a height. If the document is absent, it is 0. */
  checkHeight(call: string, id: string, height: number, beginMs: number): void {
    const known = this.#known.get(id) ?? [];
    let missed: Known | undefined;
    for (let index = known.length - 1; index >= 0; index--) {
      const each = known[index] as Known;
      if (each.height <= height) break;
      if (each.sinceMs < beginMs) missed = each;
    }
    if (missed === undefined) return;
    const stalenessMs = Math.ceil(beginMs - missed.sinceMs);
    this.#staleReads[call] = (this.#staleReads[call] ?? 0) + 1;
    this.#longestStalenessMs[call] = Math.max(this.#longestStalenessMs[call] ?? 0, stalenessMs);
    if (stalenessMs <= this.#maxStalenessMs) return;
    this.#unexpected.push(
      `a ${call} found ${id} at ${height}, but ${missed.height} had been acknowledged ${stalenessMs} ms before`,
    );
  }

  report(): ObservationReport {
    return {
      process: this.#process,
      revisions: [...this.#revisions],
      replaced: this.#replaced,
      staleReads: this.#staleReads,
      longestStalenessMs: this.#longestStalenessMs,
      unexpected: this.#unexpected.slice(0, 20),
    };
  }

  #saw(id: string, revision: Revision, value: object): void {
    const description = describe(id, value);
    const earlier = this.#revisions.get(revision);
    if (earlier === undefined) this.#revisions.set(revision, description);
    else if (earlier !== description)
      this.#unexpected.push(`revision ${revision} was ${earlier} and then ${description}`);
  }
}

/** Returns the number in a document that never falls; `undefined` if it has none. */
export function heightOf(value: object): number | undefined {
  const { sum, turn } = value as { readonly sum?: number; readonly turn?: number };
  return sum ?? turn;
}

/** Describes a document. Different documents have different descriptions. */
function describe(id: string, value: object): string {
  const json = JSON.stringify(value);
  if (json.length <= DESCRIBED_CHARACTERS) return `${id} ${json}`;
  const digest = createHash("sha256").update(json).digest("base64url").slice(0, 16);
  return `${id} ${json.slice(0, 24)}... (${digest})`;
}
