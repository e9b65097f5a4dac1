// A process that handles commands on one stream, whenever its parent process sends a plan.
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import { type CommandPlan, runCommands } from "./contest.ts";
import type { OrderEvent } from "./line-items.ts";

const [servers = "", streamName = ""] = process.argv.slice(2);
const connection = await connect({ servers });
const store = await JetStreamEventStore.open<OrderEvent>(connection, { streamName, streamRetention: "forever" });

process.on("message", (plan: CommandPlan) => {
  void runCommands(store, plan).then((tally) => process.send?.(tally));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
