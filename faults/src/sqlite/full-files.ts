import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountSmallFileSystem } from "../disk/small-file-system.ts";
import type { SqliteProcesses } from "./sqlite-processes.ts";

const PAGES = 200;
const SPACE_BYTES = 4 * 1024 * 1024;
const BALLAST_BYTES = 32 * 1024 * 1024;

/** A file whose space can be limited and freed, while processes use it. */
export interface SmallFile extends AsyncDisposable {
  readonly path: string;
  readonly limitSpace: (processes: SqliteProcesses) => Promise<void>;
  readonly freeSpace: (processes: SqliteProcesses) => Promise<void>;
}

/** One kind of limit. */
export interface SmallFileKind {
  readonly name: string;
  /** Returns `undefined` if this machine does not allow this kind of limit. */
  readonly open: () => Promise<SmallFile | undefined>;
}

/** All kinds of limits. */
export const smallFiles: readonly SmallFileKind[] = [
  { name: "page limit", open: pageLimit },
  { name: "file system", open: smallFileSystem },
];

/** A limit that each connection has for itself. */
async function pageLimit(): Promise<SmallFile> {
  const folder = await mkdtemp(join(tmpdir(), "aether-faults-"));
  return {
    path: join(folder, "events.db"),
    limitSpace: async (processes) => processes.limit(PAGES),
    freeSpace: async (processes) => processes.limit(),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** A file system that actually becomes full. Most of it is in use from the beginning. */
async function smallFileSystem(): Promise<SmallFile | undefined> {
  const mounted = await mountSmallFileSystem(SPACE_BYTES + BALLAST_BYTES);
  if (mounted === undefined) return undefined;
  const { folder, unmount } = mounted;
  const ballast = join(folder, "ballast");
  await writeFile(ballast, new Uint8Array(BALLAST_BYTES));
  return {
    path: join(folder, "events.db"),
    limitSpace: async () => {},
    freeSpace: () => rm(ballast),
    [Symbol.asyncDispose]: unmount,
  };
}
