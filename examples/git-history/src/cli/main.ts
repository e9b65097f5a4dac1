import { setMaxListeners } from "node:events";
import { fileURLToPath } from "node:url";
import { describeError } from "../describe-error.ts";
import { run } from "../run.ts";
import { parseOptions, UsageError, usage } from "./options.ts";
import { progressOn } from "./progress.ts";
import { toJson, toText } from "./report.ts";

const dataFile = (name: string): string => fileURLToPath(new URL(`../../data/${name}`, import.meta.url));

const interrupted = new AbortController();
// Every call in flight listens to the signal, and hundreds of calls may be in flight.
setMaxListeners(0, interrupted.signal);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    interrupted.abort(new Error(`stopped by ${signal}`));
    // After the cleanup, the signal itself ends the process, as the parent process expects.
    process.once("beforeExit", () => process.kill(process.pid, signal));
  });
}

const progress = progressOn(process.stderr);
try {
  const defaults = { log: dataFile("nats-js.log"), expected: dataFile("nats-js.expected.tsv") };
  const options = parseOptions(process.argv.slice(2), process.env, defaults);
  if (options === "help") {
    process.stdout.write(usage);
  } else {
    if (options.store.kind === "jetstream" && options.store.server === undefined) {
      progress.note("starting a nats-server (the first time, it may have to be installed)");
    }
    const result = await run(options, { signal: interrupted.signal, onProgress: progress.update });
    progress.clear();
    console.log(options.json ? toJson(result) : toText(result));
    if (result.verdict.mismatches.length + result.folderMismatches.length > 0) process.exitCode = 1;
  }
} catch (error) {
  progress.clear();
  console.error(`git-history: ${describeError(error)}`);
  if (error instanceof UsageError) console.error('Run "npm run demo -- --help" for all options.');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
