import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "../measure.ts";
import type { Figure, Suite } from "../suite.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Longest accepted import time in milliseconds, by package. */
const goals: Readonly<Record<string, Pick<Figure, "maximum" | "reason">>> = {
  core: { maximum: 5, reason: "Node resolves and loads each of its small files separately" },
};

const packages = [
  "core",
  "store-kit",
  "store-memory",
  "store-jetstream",
  "retry",
  "bus-kit",
  "nats",
  "eventbus-memory",
  "eventbus-nats",
  "conformance",
] as const;

/** The time to import each package in a new process, and the package's size when installed with its dependencies. */
export const startSuite: Suite = async ({ quick, repetitions }, report) => {
  const rounds = quick ? repetitions : repetitions * 2;
  const times = new Map<string, number[]>();
  // The packages are measured in turn, so that other load on the machine affects all of them. Round -1 is the warm-up.
  for (let round = -1; round < rounds; round++) {
    for (const name of packages) {
      const elapsedMs = importMs(name);
      if (round >= 0) times.set(name, [...(times.get(name) ?? []), elapsedMs]);
    }
  }
  report({ figures: [...times].map(([name, all]) => importFigure(name, all)) });
  report({ figures: packages.map(installFigure) });
};

/** Measures an import in a new process. The start of Node.js is not included. */
function importMs(name: string): number {
  const module = JSON.stringify(`@aether/${name}`);
  const program = [
    "const started = performance.now();",
    `await import(${module});`,
    "console.log(performance.now() - started);",
  ].join("\n");
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: join(root, "benchmarks"),
    encoding: "utf8",
  });
  return Number(output);
}

function importFigure(name: string, times: readonly number[]): Figure {
  return {
    name: `import @aether/${name}`,
    value: median(times),
    unit: "ms",
    spread: [Math.min(...times), Math.max(...times)],
    ...goals[name],
  };
}

/** Sums the unpacked sizes of a package and all its dependencies. */
function installFigure(name: string): Figure {
  let kilobytes = 0;
  for (const folder of installed(join(root, "packages", name))) kilobytes += unpackedKilobytes(folder);
  return { name: `install @aether/${name} and its dependencies`, value: kilobytes, unit: "kB" };
}

/** Returns the folders of a package and all its dependencies. */
function installed(folder: string, found: Set<string> = new Set()): ReadonlySet<string> {
  if (found.has(folder)) return found;
  found.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  for (const dependency of Object.keys(dependencies)) {
    installed(realpathSync(join(root, "node_modules", dependency)), found);
  }
  return found;
}

const sizes = new Map<string, number>();

function unpackedKilobytes(folder: string): number {
  const known = sizes.get(folder);
  if (known !== undefined) return known;
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [packed] = JSON.parse(output) as readonly { readonly unpackedSize: number }[];
  const kilobytes = (packed?.unpackedSize ?? 0) / 1_000;
  sizes.set(folder, kilobytes);
  return kilobytes;
}
