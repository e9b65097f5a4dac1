/**
 * Returns the reason for not testing clusters of this server version; `undefined` if they are tested. Before
 * 2.9.21, the leader compared the expected sequence only before it replicated a message, so several writers could save
 * the same version. The tests skip all servers before 2.10.
 */
export function unsafeReplication(serverVersion: string): string | undefined {
  const [major = 0, minor = 0] = serverVersion.split(".").map(Number);
  if (major > 2 || (major === 2 && minor >= 10)) return undefined;
  return `the suites for clusters skip nats-server ${serverVersion}: they require 2.10 or later`;
}
