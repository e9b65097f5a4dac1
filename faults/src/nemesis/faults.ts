import type { Fault, Scene } from "./fault.ts";

/** A server waits up to 9 seconds for its leader before it wants to lead itself. */
const LONGER_THAN_ELECTIONS_MS = { least: 9_500, most: 12_000 };

/** What can happen to a cluster and to the ways to it, in the order in which a short run tries it. */
export const faults: readonly Fault[] = [
  { name: "kill the leader", strike: async (scene) => killAndRestart(scene, await scene.leader()) },
  { name: "pause the leader", strike: async (scene) => pauseServer(scene, await scene.leader()) },
  { name: "cut clients in mid-message", strike: cutClientsMidMessage },
  { name: "leader steps down again and again", strike: stepDownLoop },
  { name: "cut the leader off", strike: async (scene) => cutOff(scene, await scene.leader()) },
  { name: "refuse clients", strike: (scene) => breakEntrance(scene, "refuse") },
  { name: "kill a follower", strike: async (scene) => killAndRestart(scene, await follower(scene)) },
  { name: "stall clients", strike: (scene) => breakEntrance(scene, "stall") },
  { name: "kill each in turn", strike: killEachInTurn },
  { name: "rolling restart", strike: rollingRestart },
  { name: "cut routes in mid-message", strike: cutRoutesMidMessage },
  { name: "stall the leader's routes", strike: stallRoutes },
  { name: "cut two followers apart", strike: cutFollowersApart },
  { name: "pause a follower", strike: async (scene) => pauseServer(scene, await follower(scene)) },
  { name: "kill the majority", strike: killMajority },
];

async function follower(scene: Scene): Promise<string> {
  const leader = await scene.leader();
  return scene.random.pick(scene.cluster.servers.filter(({ name }) => name !== leader)).name;
}

async function killAndRestart({ cluster, random, pause }: Scene, name: string): Promise<void> {
  const { server } = cluster.server(name);
  await server.kill();
  await pause(random.integer(0, 2_000));
  await server.restart();
}

async function killEachInTurn(scene: Scene): Promise<void> {
  for (const { name } of scene.random.shuffle(scene.cluster.servers)) {
    await killAndRestart(scene, name);
    await scene.pause(scene.random.integer(0, 1_500));
  }
}

async function killMajority({ cluster, random, pause }: Scene): Promise<void> {
  const victims = random.shuffle(cluster.servers).slice(0, 2);
  await Promise.all(victims.map(({ server }) => server.kill()));
  await pause(random.integer(0, 2_000));
  await Promise.all(victims.map(({ server }) => server.restart()));
}

async function rollingRestart({ cluster, random, pause, admin, streamName }: Scene): Promise<void> {
  for (const { server } of random.shuffle(cluster.servers)) {
    await server.restart();
    await admin.untilWhole(streamName, 15_000);
    await pause(100);
  }
}

async function pauseServer({ cluster, random, pause }: Scene, name: string): Promise<void> {
  const { server } = cluster.server(name);
  await server.suspend();
  await pause(random.integer(LONGER_THAN_ELECTIONS_MS.least, LONGER_THAN_ELECTIONS_MS.most));
  server.resume();
}

async function stepDownLoop({ admin, random, pause, streamName }: Scene): Promise<void> {
  for (let times = 0; times < 10; times++) {
    await admin.stepDown(streamName);
    await pause(random.integer(50, 500));
  }
}

async function cutOff({ cluster, random, pause }: Scene, name: string): Promise<void> {
  const links = cluster.linksOf(name);
  for (const { proxy } of links) proxy.refuse();
  await pause(random.integer(LONGER_THAN_ELECTIONS_MS.least, LONGER_THAN_ELECTIONS_MS.most));
  for (const { proxy } of links) proxy.pass();
}

async function cutFollowersApart({ cluster, leader, random, pause }: Scene): Promise<void> {
  const name = await leader();
  const [one, two] = cluster.servers.filter((server) => server.name !== name);
  const links = cluster.linksOf(one?.name ?? "", two?.name ?? "");
  for (const { proxy } of links) proxy.refuse();
  await pause(random.integer(1_000, 4_000));
  for (const { proxy } of links) proxy.pass();
}

async function stallRoutes({ cluster, leader, random, pause }: Scene): Promise<void> {
  const links = cluster.linksOf(await leader());
  for (const { proxy } of links) proxy.stall();
  await pause(random.integer(2_000, LONGER_THAN_ELECTIONS_MS.most));
  for (const { proxy } of links) proxy.pass();
}

async function cutRoutesMidMessage({ cluster, random, pause }: Scene): Promise<void> {
  for (let times = 0; times < 3; times++) {
    random.pick(cluster.links).proxy.cutMidMessage();
    await pause(random.integer(100, 500));
  }
}

async function cutClientsMidMessage({ cluster, random, pause }: Scene): Promise<void> {
  for (let times = 0; times < 6; times++) {
    random.pick(cluster.servers).clientProxy.cutMidMessage();
    await pause(random.integer(50, 400));
  }
}

async function breakEntrance({ cluster, random, pause }: Scene, how: "refuse" | "stall"): Promise<void> {
  const { clientProxy } = random.pick(cluster.servers);
  clientProxy[how]();
  await pause(random.integer(500, 5_000));
  clientProxy.pass();
}
