// A process with several writers to one stream. It runs a contest whenever its parent process sends a plan.
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import { type ContestPlan, runContest } from "./contest.ts";
import type { Written } from "./patterns.ts";

const [servers = "", streamName = ""] = process.argv.slice(2);
const connection = await connect({ servers });
const store = await JetStreamEventStore.open<Written>(connection, { streamName, streamRetention: "forever" });

process.on("message", (plan: ContestPlan) => {
  void runContest(store, plan).then((tally) => process.send?.(tally));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
