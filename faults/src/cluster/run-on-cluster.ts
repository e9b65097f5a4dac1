import { findNatsServer, type NatsCluster, startNatsCluster } from "@aether/nats-testing";
import type { SuiteContext, SuiteResult } from "../suite.ts";
import { Admin } from "./admin.ts";
import { unsafeReplication } from "./replication.ts";

/** Runs a suite on a new cluster of three servers. If this server version cannot be tested, the result says why. */
export async function runOnCluster(
  name: string,
  { signal }: Pick<SuiteContext, "signal">,
  run: (cluster: NatsCluster, admin: Admin) => Promise<SuiteResult>,
): Promise<SuiteResult> {
  const unsafe = unsafeReplication((await findNatsServer()).version);
  if (unsafe !== undefined) return { name, violations: [], figures: { "not run": unsafe } };
  await using cluster = await startNatsCluster({ signal });
  const admin = await Admin.connect(cluster.servers.map(({ server }) => server.url));
  try {
    return await run(cluster, admin);
  } finally {
    await admin.close();
  }
}
