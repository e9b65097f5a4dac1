/** Runs a program in a page: `?program=memory`, `?program=nats&servers=ws://...`. The title is `done` or the error. */
import { wsconnect } from "@nats-io/nats-core";
import { useMemory } from "./in-memory.ts";
import { useNats } from "./on-nats.ts";

const query = new URLSearchParams(location.search);
const servers = query.get("servers") ?? "";
const run = query.get("program") === "memory" ? useMemory() : useNats(() => wsconnect({ servers }));
run.then(
  () => {
    document.title = "done";
  },
  (error: unknown) => {
    document.title = error instanceof Error ? `${error.stack}` : String(error);
  },
);
