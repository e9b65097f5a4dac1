interface NodeProcess {
  getActiveResourcesInfo?(): readonly string[];
}

/** Returns the number of timers that keep the process running, or 0 if the runtime does not count them. */
export function activeTimers(): number {
  const { process } = globalThis as { readonly process?: NodeProcess };
  return process?.getActiveResourcesInfo?.().filter((resource) => resource === "Timeout").length ?? 0;
}
