interface NodeProcess {
  getActiveResourcesInfo?(): readonly string[];
}

/** Returns the number of connections that keep the process running, or 0 if the runtime does not count them. */
export function activeConnections(): number {
  const { process } = globalThis as { readonly process?: NodeProcess };
  return process?.getActiveResourcesInfo?.().filter((resource) => /socket|tls|pipe/i.test(resource)).length ?? 0;
}
