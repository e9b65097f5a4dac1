import { readFileSync } from "node:fs";
import type { Kind } from "./kind.ts";
import type { Runner } from "./options.ts";

interface OwnManifest {
  /** The tested versions of the Aether packages. */
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly repository: { readonly url: string };
}

const own: OwnManifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

const guides: Readonly<Record<Kind, string>> = {
  events: "writing-a-store.md",
  documents: "writing-a-document-store.md",
};

/** Returns the address of the guide to writing a store of this kind. */
export function guideUrl(kind: Kind): string {
  return `${own.repository.url.replace(/^git\+|\.git$/g, "")}/blob/main/docs/${guides[kind]}`;
}

/** Development tools of a new project, with their version ranges. */
export const tools = {
  "@changesets/cli": "^2.31.1",
  "@types/node": "^20.19.43",
  typescript: "^7.0.2",
  vitest: "^4.1.12",
} as const;

const { vitest, ...toolsWithoutVitest } = tools;

/** Returns the `package.json` of a new project. */
export function packageManifest(name: string, runner: Runner, kind: Kind): object {
  // The shell expands the pattern, because Node.js 20 does not.
  const tests = { vitest: "vitest run", node: "tsc && node --test build/test/*.test.js" };
  return {
    name,
    version: "0.0.0",
    description: kind === "events" ? "An event store for Aether." : "A document store for Aether.",
    keywords: ["aether", "event-sourcing", kind === "events" ? "event-store" : "document-store"],
    type: "module",
    sideEffects: false,
    main: "./dist/index.js",
    types: "./dist/index.d.ts",
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" }, "./package.json": "./package.json" },
    files: ["dist", "src"],
    publishConfig: { access: "public" },
    engines: { node: ">=20.19" },
    scripts: {
      clean: "node -e \"for (const folder of ['build', 'dist']) fs.rmSync(folder, { recursive: true, force: true })\"",
      build: "npm run clean && tsc -p tsconfig.build.json",
      pretest: "npm run build",
      test: tests[runner],
      typecheck: "tsc --noEmit",
      release: "npm run build && changeset publish",
    },
    dependencies: aether("@aether/store-kit", "@aether/core"),
    devDependencies: {
      ...aether("@aether/conformance"),
      ...toolsWithoutVitest,
      ...(runner === "vitest" ? { vitest } : {}),
    },
  };
}

function aether(...names: readonly string[]): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(names.map((name) => [name, own.devDependencies[name]]));
}
