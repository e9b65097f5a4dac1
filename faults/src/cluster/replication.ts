/**
 * Why a cluster of these servers is not tried; `undefined` where it is. Before 2.10 (exactly, before 2.9.21) each replica's
 * leader checked expectations only before it replicated, so that several writers of one version could all win.
 */
export function unsafeReplication(serverVersion: string): string | undefined {
  const [major = 0, minor = 0] = serverVersion.split(".").map(Number);
  if (major > 2 || (major === 2 && minor >= 10)) return undefined;
  return `nats-server ${serverVersion} lets several writers win on replicas; 2.10 or later is needed`;
}
