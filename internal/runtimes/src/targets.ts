import type { Application } from "./application.ts";
import { checkBrowser } from "./browser.ts";
import { checkJavaScript, isJavaScriptRuntime } from "./javascript.ts";
import { checkJest } from "./jest.ts";
import type { Outcome } from "./table.ts";
import { checkTypeScript } from "./typescript.ts";

/** Input of the checks. */
export interface CheckContext {
  readonly application: Application;
  /** Folder for temporary files. */
  readonly scratch: string;
  /** URL of the nats-server. */
  readonly url: string;
  /** URL of the nats-server for browsers. */
  readonly webSocketUrl: string;
}

/** Targets with the same checks. Their outcomes share a table. */
interface Group {
  /** Targets that are checked by default. */
  readonly targets: readonly string[];
  readonly includes: (target: string) => boolean;
  readonly check: (target: string, context: CheckContext) => Promise<readonly Outcome[]>;
}

/** All groups. Versions of Node.js are the newest of each line; the others are pinned. */
export const groups: readonly Group[] = [
  {
    targets: ["node@20", "node@22", "node@24", "node@26", "bun@1.4.5", "deno@2.9.6"],
    includes: isJavaScriptRuntime,
    check: (target, { application, url }) => checkJavaScript(target, application, url),
  },
  {
    targets: ["chromium"],
    includes: (target) => target === "chromium",
    check: (_, { application, webSocketUrl }) => checkBrowser(application, webSocketUrl),
  },
  {
    targets: ["typescript@5.4", "typescript@5.9", "typescript@6.0", "typescript@7.0"],
    includes: (target) => target.startsWith("typescript@"),
    check: (target, { application }) => checkTypeScript(target, application),
  },
  {
    targets: ["jest"],
    includes: (target) => target === "jest",
    check: (_, { application, scratch }) => checkJest(application, scratch),
  },
];

/**
 * Returns the targets that the arguments name. `bun` is short for the default version of Bun. Without arguments,
 * returns all default targets.
 *
 * @throws {Error} a target is unknown
 */
export function selectTargets(names: readonly string[]): readonly string[] {
  const all = groups.flatMap(({ targets }) => targets);
  if (names.length === 0) return all;
  return names.map((name) => {
    const target = name === "node" ? name : (all.find((each) => each.startsWith(`${name}@`)) ?? name);
    if (groups.some(({ includes }) => includes(target))) return target;
    throw new Error(`unknown target: ${name}. Targets: ${all.join(", ")}`);
  });
}
