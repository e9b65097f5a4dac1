interface NodeProcess {
  readonly env?: Record<string, string | undefined>;
}

/**
 * Runs the work in a time zone. On most build servers the time zone is UTC, so that local time and UTC are the same.
 * Changes nothing in a runtime without environment variables.
 */
export async function inTimeZone<T>(zone: string, work: () => Promise<T>): Promise<T> {
  const before = timeZone();
  setTimeZone(zone);
  try {
    return await work();
  } finally {
    setTimeZone(before);
  }
}

function environment(): Record<string, string | undefined> | undefined {
  return (globalThis as { readonly process?: NodeProcess }).process?.env;
}

function timeZone(): string | undefined {
  try {
    return environment()?.TZ;
  } catch {
    return undefined; // The runtime does not allow access.
  }
}

function setTimeZone(zone: string | undefined): void {
  const env = environment();
  if (env === undefined) return;
  try {
    if (zone === undefined) delete env.TZ;
    else env.TZ = zone;
  } catch {
    // The runtime does not allow access.
  }
}
