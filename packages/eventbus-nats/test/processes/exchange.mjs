// One of two processes that exchange events. It publishes as fast as events are confirmed, and records received events.
// Lines from and to the parent, in this order: prints "ready"; reads "go"; prints "half" and "received"; reads "stop";
// prints "stopped"; reads "report"; prints its report as JSON.

import { createInterface } from "node:readline";
import { NatsEventBus } from "@aether/eventbus-nats";

const [url, client, name, peer, count] = process.argv.slice(2);
const { connect } = await import(client);
const connection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 20 });

const lines = createInterface({ input: process.stdin });
const lineRead = (wanted) => new Promise((resolve) => lines.on("line", (line) => line === wanted && resolve()));

let back = withResolvers();
const bus = new NatsEventBus(connection, {
  onStatus: ({ type }) => {
    if (type === "reconnected") back.resolve();
    if (type === "disconnected") back = withResolvers();
  },
});

let hasFinished = false;
const received = { [name]: [], [peer]: [] };
const subscription = bus.subscribe("from.*", ({ actorId, eventType, version }) => {
  received[actorId].push(version);
  if (actorId === peer && eventType === "Finished" && !hasFinished) {
    hasFinished = true;
    console.log("received");
  }
});
await subscription.ready;
console.log("ready");
await lineRead("go");

const codes = {};
const publish = async (version, eventType) => {
  const id = `${name}-${version}`;
  const event = { id, eventType, actorId: name, version, data: {}, timestamp: new Date().toISOString() };
  try {
    await bus.publish(`from.${name}`, event);
    return true;
  } catch (error) {
    if (error.code !== "AETHER_BUS_DISCONNECTED" || error.eventId !== id) throw error;
    const code = error.sent ? "unconfirmed" : "rejected";
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

// Publishes until the peer has received an event from this phase, so that a received event follows every lost one.
let isStopped = false;
void lineRead("stop").then(() => {
  isStopped = true;
});
const report = lineRead("report");
while (!isStopped) await publish(++version, "Finished");
console.log("stopped");
await report;
await connection.flush();

const isAscending = (versions) => versions.every((each, at) => at === 0 || each > versions[at - 1]);
console.log(
  JSON.stringify({
    attempts: version,
    rejected: codes.rejected ?? 0,
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
