/**
 * Returns the reason for not testing clusters of this server version; `undefined` if they are tested. Before 2.10, the
 * leader compared the expected sequence only before it replicated a message, so several writers of the same version
 * could succeed. NATS fixed this in 2.9.21, but the tests skip all 2.9 servers.
 */
export function unsafeReplication(serverVersion: string): string | undefined {
  const [major = 0, minor = 0] = serverVersion.split(".").map(Number);
  if (major > 2 || (major === 2 && minor >= 10)) return undefined;
  return `nats-server ${serverVersion} lets several writers win on replicated streams; 2.10 or later is required`;
}
