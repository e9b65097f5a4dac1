import { posix, win32 } from "node:path";
import { type Machine, thisMachine } from "./machine.ts";

/** No Chromium or Chrome was found, or the file that `CHROMIUM_BIN` names does not run. */
export class ChromiumNotFoundError extends Error {
  override readonly name: string = "ChromiumNotFoundError";
  readonly code = "CHROMIUM_NOT_FOUND" as const;
}

const programNames = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"] as const;

const fixedPaths: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ["/usr/bin/chromium", "/usr/bin/google-chrome", "/opt/google/chrome/chrome", "/snap/bin/chromium"],
  darwin: [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ],
  win32: [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
  ],
};

/**
 * Finds a Chromium or Chrome and returns its path: the program that `CHROMIUM_BIN` names, otherwise one on `PATH`,
 * otherwise one in the usual folder of the platform. Installs nothing.
 *
 * @throws {ChromiumNotFoundError} `CHROMIUM_NOT_FOUND`: there is none, or `CHROMIUM_BIN` names a file that does not run
 * @example
 * ```ts
 * const path = findChromium();
 * ```
 */
export function findChromium(machine: Machine = thisMachine): string {
  const { env, platform, isProgram } = machine;
  const named = env.CHROMIUM_BIN;
  if (named !== undefined && named !== "") {
    if (isProgram(named)) return named;
    throw new ChromiumNotFoundError(
      `CHROMIUM_BIN names no program: ${named}; correct it, or unset it to search elsewhere`,
    );
  }
  const path = platform === "win32" ? win32 : posix;
  const folders = (env.PATH ?? env.Path ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const onPath = folders.flatMap((folder) => programNames.map((name) => path.join(folder, name)));
  const found = [...onPath, ...(fixedPaths[platform] ?? [])].find(isProgram);
  if (found !== undefined) return found;
  throw new ChromiumNotFoundError(
    [
      "no Chromium or Chrome was found. Do one of these and try again:",
      "  apt-get install chromium   (Debian)",
      "  brew install --cask chromium",
      "  CHROMIUM_BIN=/path/to/chromium",
    ].join("\n"),
  );
}
