import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Installer } from "./install.ts";
import type { Search } from "./search.ts";

/** Takes the program out of Debian's or Ubuntu's package: nothing is installed in the system, no service starts. */
export const unpackDebianPackage: Installer = {
  name: "debian",
  step: "Debian package",
  source: "debian",
  async install(folder, search) {
    if (search.platform !== "linux") throw new Error(`${search.platform} has no apt`);
    const run = (command: string, ...args: string[]): Promise<string> =>
      search.run(command, args, { cwd: folder, timeoutMs: 300_000, signal: search.signal });
    await run("dpkg-deb", "--version");
    await run("apt-get", "--version");
    search.say("not found; unpacking the Debian package into the cache...");
    await download(run, search);
    const archive = (await readdir(folder)).find((name) => name.endsWith(".deb"));
    if (archive === undefined) throw new Error("apt-get download nats-server left no package");
    await run("dpkg-deb", "-x", archive, "package");
    return join(folder, "package", "usr", "sbin", "nats-server");
  },
};

/** The lists of packages may be missing or old, as they are in a fresh container. Only root can renew them. */
async function download(run: (...command: [string, ...string[]]) => Promise<string>, search: Search): Promise<void> {
  try {
    await run("apt-get", "download", "nats-server");
  } catch (error) {
    search.signal?.throwIfAborted();
    if (!search.isRoot) throw error;
    await run("apt-get", "update");
    await run("apt-get", "download", "nats-server");
  }
}
