import { setMaxListeners } from "node:events";
import { fileURLToPath } from "node:url";
import { describeError } from "../describe-error.ts";
import { run } from "../run.ts";
import { parseOptions, UsageError, usage } from "./options.ts";
import { toJson, toText } from "./report.ts";

const dataFile = (name: string): string => fileURLToPath(new URL(`../../data/${name}`, import.meta.url));

const interrupted = new AbortController();
// Everything that is in flight listens to it; many things are, at once.
setMaxListeners(0, interrupted.signal);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    interrupted.abort(new Error(`stopped by ${signal}`));
    // When everything is tidied up, the process ends by the signal after all.
    process.once("beforeExit", () => process.kill(process.pid, signal));
  });
}

try {
  const defaults = { log: dataFile("nats-js.log"), expected: dataFile("nats-js.expected.tsv") };
  const options = parseOptions(process.argv.slice(2), process.env, defaults);
  if (options === "help") {
    process.stdout.write(usage);
  } else {
    const result = await run(options, { signal: interrupted.signal, terminal: process.stderr });
    console.log(options.json ? toJson(result) : toText(result));
    if (result.verdict.mismatches.length > 0) process.exitCode = 1;
  }
} catch (error) {
  console.error(`git-history: ${describeError(error)}`);
  if (error instanceof UsageError) console.error("--help says how it is used");
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
