// A process that lets writers write to a stream when its parent tells it to.
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import { type Contenders, contend } from "./contest.ts";
import type { Written } from "./patterns.ts";

const [servers = "", streamName = ""] = process.argv.slice(2);
const connection = await connect({ servers });
const store = await JetStreamEventStore.open<Written>(connection, { streamName, streamRetention: "forever" });

process.on("message", (contenders: Contenders) => {
  void contend(store, contenders).then((tally) => process.send?.(tally));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
