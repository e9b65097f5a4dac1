// One of two processes that tell each other what happens: publishes as fast as it is confirmed, and notes what arrives.
// Parent and child speak in lines: "ready"; "go"; "half", "heard"; "stop"; "stopped"; "report"; a report in JSON.

import { createInterface } from "node:readline";
import { NatsEventBus } from "@aether/eventbus-nats";

const [url, client, name, peer, count] = process.argv.slice(2);
const { connect } = await import(client);
const connection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 20 });

const lines = createInterface({ input: process.stdin });
const told = (wanted) => new Promise((resolve) => lines.on("line", (line) => line === wanted && resolve()));

let back = withResolvers();
const bus = new NatsEventBus(connection, {
  onStatus: ({ type }) => {
    if (type === "reconnected") back.resolve();
    if (type === "disconnected") back = withResolvers();
  },
});

let hasHeard = false;
const received = { [name]: [], [peer]: [] };
const subscription = bus.subscribe("from.*", ({ actorId, eventType, version }) => {
  received[actorId].push(version);
  if (actorId === peer && eventType === "Finished" && !hasHeard) {
    hasHeard = true;
    console.log("heard");
  }
});
await subscription.ready;
console.log("ready");
await told("go");

const codes = {};
const publish = async (version, eventType) => {
  const id = `${name}-${version}`;
  const event = { id, eventType, actorId: name, version, data: {}, timestamp: new Date().toISOString() };
  try {
    await bus.publish(`from.${name}`, event);
    return true;
  } catch (error) {
    if (error.code !== "AETHER_BUS_DISCONNECTED" || error.eventId !== id) throw error;
    const code = error.sent ? "unconfirmed" : "refused";
    codes[code] = (codes[code] ?? 0) + 1;
    if (!error.sent) await back.promise;
    return false;
  }
};

let version = 0;
const writer = async () => {
  while (version < Number(count)) {
    const confirmed = publish(++version, "Happened");
    if (version === Number(count) / 2) console.log("half");
    await confirmed;
  }
};
await Promise.all(Array.from({ length: 256 }, writer));

// Until the peer is known to have heard: nothing that was lost is then without something behind it.
let isStopped = false;
void told("stop").then(() => {
  isStopped = true;
});
const report = told("report");
while (!isStopped) await publish(++version, "Finished");
console.log("stopped");
await report;
await connection.flush();

const isAscending = (versions) => versions.every((each, at) => at === 0 || each > versions[at - 1]);
console.log(
  JSON.stringify({
    attempts: version,
    refused: codes.refused ?? 0,
    unconfirmed: codes.unconfirmed ?? 0,
    own: received[name].length,
    fromPeer: received[peer].length,
    inOrder: isAscending(received[name]) && isAscending(received[peer]),
    metrics: bus.metrics,
  }),
);
await bus.close();
await connection.close();
process.exit();

function withResolvers() {
  const settle = {};
  const promise = new Promise((resolve) => Object.assign(settle, { resolve }));
  return { promise, ...settle };
}
