import type { Fault, FaultContext } from "./fault.ts";

/** A server waits up to 9 seconds for its leader before it starts an election. */
const LONGER_THAN_ELECTIONS_MS = { min: 9_500, max: 12_000 };

/** All faults of a cluster and of the connections to it, in the order of a short run. */
export const faults: readonly Fault[] = [
  { name: "kill the leader", inject: async (context) => killAndRestart(context, await context.leader()) },
  { name: "pause the leader", inject: async (context) => pauseServer(context, await context.leader()) },
  { name: "cut client connections mid-message", inject: cutClientsMidMessage },
  { name: "make the leader step down repeatedly", inject: stepDownRepeatedly },
  { name: "isolate the leader", inject: async (context) => isolate(context, await context.leader()) },
  { name: "refuse client connections", inject: (context) => blockClients(context, "refuse") },
  { name: "kill a follower", inject: async (context) => killAndRestart(context, await follower(context)) },
  { name: "stall client connections", inject: (context) => blockClients(context, "stall") },
  { name: "kill each server in turn", inject: killEachInTurn },
  { name: "rolling restart", inject: rollingRestart },
  { name: "cut routes between servers mid-message", inject: cutRoutesMidMessage },
  { name: "stall the leader's routes", inject: stallRoutes },
  { name: "cut the link between two followers", inject: cutFollowersApart },
  { name: "pause a follower", inject: async (context) => pauseServer(context, await follower(context)) },
  { name: "kill a majority", inject: killMajority },
];

async function follower({ cluster, leader, random }: FaultContext): Promise<string> {
  const leaderName = await leader();
  return random.pick(cluster.servers.filter(({ name }) => name !== leaderName)).name;
}

async function killAndRestart({ cluster, random, pause }: FaultContext, name: string): Promise<void> {
  const { server } = cluster.server(name);
  await server.kill();
  await pause(random.integer(0, 2_000));
  await server.restart();
}

async function killEachInTurn(context: FaultContext): Promise<void> {
  for (const { name } of context.random.shuffle(context.cluster.servers)) {
    await killAndRestart(context, name);
    await context.pause(context.random.integer(0, 1_500));
  }
}

async function killMajority({ cluster, random, pause }: FaultContext): Promise<void> {
  const victims = random.shuffle(cluster.servers).slice(0, 2);
  await Promise.all(victims.map(({ server }) => server.kill()));
  await pause(random.integer(0, 2_000));
  await Promise.all(victims.map(({ server }) => server.restart()));
}

async function rollingRestart({ cluster, random, pause, admin, streamName }: FaultContext): Promise<void> {
  for (const { server } of random.shuffle(cluster.servers)) {
    await server.restart();
    await admin.waitUntilInSync(streamName, 15_000);
    await pause(100);
  }
}

async function pauseServer({ cluster, random, pause }: FaultContext, name: string): Promise<void> {
  const { server } = cluster.server(name);
  await server.suspend();
  await pause(random.integer(LONGER_THAN_ELECTIONS_MS.min, LONGER_THAN_ELECTIONS_MS.max));
  server.resume();
}

async function stepDownRepeatedly({ admin, random, pause, streamName }: FaultContext): Promise<void> {
  for (let times = 0; times < 10; times++) {
    await admin.stepDown(streamName);
    await pause(random.integer(50, 500));
  }
}

async function isolate({ cluster, random, pause }: FaultContext, name: string): Promise<void> {
  const links = cluster.linksOf(name);
  for (const { proxy } of links) proxy.refuse();
  await pause(random.integer(LONGER_THAN_ELECTIONS_MS.min, LONGER_THAN_ELECTIONS_MS.max));
  for (const { proxy } of links) proxy.pass();
}

async function cutFollowersApart({ cluster, leader, random, pause }: FaultContext): Promise<void> {
  const leaderName = await leader();
  const [one, two] = cluster.servers.filter(({ name }) => name !== leaderName);
  const links = cluster.linksOf(one?.name ?? "", two?.name ?? "");
  for (const { proxy } of links) proxy.refuse();
  await pause(random.integer(1_000, 4_000));
  for (const { proxy } of links) proxy.pass();
}

async function stallRoutes({ cluster, leader, random, pause }: FaultContext): Promise<void> {
  const links = cluster.linksOf(await leader());
  for (const { proxy } of links) proxy.stall();
  await pause(random.integer(2_000, LONGER_THAN_ELECTIONS_MS.max));
  for (const { proxy } of links) proxy.pass();
}

async function cutRoutesMidMessage({ cluster, random, pause }: FaultContext): Promise<void> {
  for (let times = 0; times < 3; times++) {
    random.pick(cluster.links).proxy.cutMidMessage();
    await pause(random.integer(100, 500));
  }
}

async function cutClientsMidMessage({ cluster, random, pause }: FaultContext): Promise<void> {
  for (let times = 0; times < 6; times++) {
    random.pick(cluster.servers).clientProxy.cutMidMessage();
    await pause(random.integer(50, 400));
  }
}

async function blockClients({ cluster, random, pause }: FaultContext, how: "refuse" | "stall"): Promise<void> {
  const { clientProxy } = random.pick(cluster.servers);
  clientProxy[how]();
  await pause(random.integer(500, 5_000));
  clientProxy.pass();
}
