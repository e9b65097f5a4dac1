import { ChromiumNotFoundError, findChromium } from "./find-chromium.ts";
import { type Machine, thisMachine } from "./machine.ts";

/**
 * Finds a Chromium. If there is none, installs Debian's package, which needs root. Checks that the program runs, and
 * returns its path.
 *
 * @throws {ChromiumNotFoundError} `CHROMIUM_NOT_FOUND`: there is none, and it cannot be installed here
 */
export async function ensureChromium(machine: Machine = thisMachine): Promise<string> {
  const path = await findOrInstall(machine);
  await machine.run(path, "--version");
  return path;
}

async function findOrInstall(machine: Machine): Promise<string> {
  try {
    return findChromium(machine);
  } catch (error) {
    if (!(error instanceof ChromiumNotFoundError) || !canInstall(machine)) throw error;
  }
  machine.say("not found; installing Debian's package (about a minute, once)...");
  const install = () => machine.run("apt-get", "install", "--yes", "--no-install-recommends", "chromium");
  try {
    await install();
  } catch {
    // In a fresh container the package lists may be missing or outdated.
    await machine.run("apt-get", "update");
    await install();
  }
  return findChromium(machine);
}

/** Returns true on Debian as root. The package of the same name on Ubuntu only installs a snap. */
function canInstall({ env, platform, isRoot, read }: Machine): boolean {
  if (env.CHROMIUM_BIN !== undefined && env.CHROMIUM_BIN !== "") return false;
  return platform === "linux" && isRoot && /^ID=debian$/m.test(read("/etc/os-release"));
}
