import { ProcessHandle } from "../process-handle.ts";
import type { BusPlan, FromBus, ToBus } from "./bus-messages.ts";

/** The suite's handle to one bus process. */
export class BusHandle extends ProcessHandle<ToBus, FromBus> {
  /** Counters that rise while the process works: confirmed publishes, and received events per peer. */
  progress: Readonly<Record<string, number>> = {};
  /** Number of events received from all peers. */
  received = 0;

  constructor(plan: BusPlan) {
    const { name } = plan;
    super(name, new URL("./bus-process.js", import.meta.url), ({ confirmed, received }) => {
      const perPeer = Object.entries(received).map(([peer, count]) => [`receiving ${peer} on ${name}`, count]);
      this.progress = { [`publishing on ${name}`]: confirmed, ...Object.fromEntries(perPeer) };
      this.received = Object.values(received).reduce((sum, count) => sum + count, 0);
    });
    this.send({ kind: "start", plan });
  }
}
