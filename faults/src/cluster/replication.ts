/**
 * Returns why clusters of this server version are not tested, or `undefined` if they are. Before 2.10 (more exactly,
 * before 2.9.21), the leader checked expectations only before it replicated a message. Several writers of one version
 * could therefore all succeed.
 */
export function unsafeReplication(serverVersion: string): string | undefined {
  const [major = 0, minor = 0] = serverVersion.split(".").map(Number);
  if (major > 2 || (major === 2 && minor >= 10)) return undefined;
  return `nats-server ${serverVersion} lets several writers win on replicated streams; 2.10 or later is required`;
}
