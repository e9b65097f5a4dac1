import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A file system of limited size, in memory. */
export interface SmallFileSystem {
  readonly folder: string;
  readonly unmount: () => Promise<void>;
}

/** Mounts a small file system. Returns `undefined` if this user is not allowed to mount one. */
export async function mountSmallFileSystem(sizeBytes: number): Promise<SmallFileSystem | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "aether-disk-"));
  try {
    await promisify(execFile)("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "aether-faults", folder]);
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  }
  return {
    folder,
    unmount: async () => {
      await promisify(execFile)("umount", [folder]);
      await rm(folder, { recursive: true });
    },
  };
}
