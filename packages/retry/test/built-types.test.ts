import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const packages = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);
const compiler = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
let application: string;

/** Compiles a project and returns the output of the compiler. */
function compile(config: object): string {
  const project = join(application, "tsconfig.json");
  writeFileSync(project, JSON.stringify(config));
  try {
    return execFileSync(process.execPath, [compiler, "-p", project], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout);
  }
}

/** Compiles an application with the declarations as published, and returns the output of the compiler. */
function compileApplication(code: string): string {
  writeFileSync(join(application, "main.mts"), code);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: "nodenext",
    target: "es2022",
    types: [],
    skipLibCheck: false,
  };
  return compile({ compilerOptions, files: ["main.mts"] });
}

beforeAll(() => {
  application = mkdtempSync(join(tmpdir(), "aether-retry-"));
  const scope = join(application, "node_modules", "@aether");
  mkdirSync(scope, { recursive: true });
  symlinkSync(dirname(require.resolve("uuid/package.json")), join(application, "node_modules", "uuid"));
  for (const name of ["core", "retry"]) {
    // The packages are compiled one at a time, because the compiler emits no declarations for dependencies.
    const output = compile({
      extends: join(packages, "../tsconfig.base.json"),
      compilerOptions: {
        composite: false,
        declarationMap: false,
        emitDeclarationOnly: true,
        customConditions: ["@aether/source"],
        rootDir: packages,
        outDir: scope,
      },
      files: [join(packages, name, "src/index.ts")],
    });
    expect(output).toBe("");
    const manifest = { name: `@aether/${name}`, type: "module", types: "./src/index.d.ts" };
    writeFileSync(join(scope, name, "package.json"), JSON.stringify(manifest));
  }
}, 60_000);

afterAll(() => rmSync(application, { recursive: true }));

const narrowing = (code: string): string => `
import { isAetherError } from "@aether/core";
import "@aether/retry";
declare const error: unknown;
export const ms: number = isAetherError(error, "${code}") ? error.retryAfterMs : 0;
`;

test("an application can narrow the errors of this package by their codes", () => {
  expect(compileApplication(narrowing("AETHER_CIRCUIT_OPEN"))).toBe("");
}, 60_000);

test("an unknown code, or a field of another error, is a compile error", () => {
  expect(compileApplication(narrowing("AETHER_CIRCUIT_CLOSED"))).toContain("AETHER_CIRCUIT_CLOSED");
  expect(compileApplication(narrowing("AETHER_THRASHING"))).toContain("retryAfterMs");
}, 60_000);

test("an application without the package does not know its codes", () => {
  expect(compileApplication(narrowing("AETHER_CIRCUIT_OPEN").replace('import "@aether/retry";', ""))).toContain(
    "AETHER_CIRCUIT_OPEN",
  );
}, 60_000);

test("the published declarations check decisions", () => {
  const call = (data: string): string => `
import type { EventStore, EventsOf } from "@aether/core";
import { appendWithRetry } from "@aether/retry";
declare const store: EventStore<EventsOf<{ Placed: { item: string } }>>;
await appendWithRetry(store, "o", async () => ({ eventType: "Placed", data: ${data} }));
`;
  expect(compileApplication(call('{ item: "x" }'))).toBe("");
  expect(compileApplication(call('{ item: "x", extra: 1 }'))).toContain(
    'InvalidDecision<"data.extra is not declared">',
  );
}, 60_000);
