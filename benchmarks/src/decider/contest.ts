import type { EventStore } from "@aether/core";
import { commandHandler } from "@aether/decider";
import { addLine, type OrderEvent, orders } from "./line-items.ts";

/** Commands to one actor that several writers in a process send without pauses. */
export interface CommandPlan {
  readonly actorId: string;
  readonly writers: number;
  readonly commandsEach: number;
}

/** Numbers of one process. */
export interface CommandTally {
  readonly commands: number;
  readonly failed: number;
  /** Saves and reads, as the store counts them. */
  readonly calls: number;
  readonly attempts: number;
  readonly conflicts: number;
}

/** Runs the commands of one process. */
export async function runCommands(
  store: EventStore<OrderEvent>,
  { actorId, writers, commandsEach }: CommandPlan,
): Promise<CommandTally> {
  let calls = 0;
  const counting = new Proxy(store, {
    get: (_, key) => {
      const value: unknown = Reflect.get(store, key);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        calls++;
        return value.apply(store, args);
      };
    },
  });
  const handler = commandHandler(counting, orders);
  let failed = 0;
  const write = async (): Promise<void> => {
    for (let command = 0; command < commandsEach; command++) {
      await handler.handle(actorId, addLine).catch(() => {
        failed++;
      });
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  const { commands, saves: attempts, conflicts } = handler.counters;
  return { commands, failed, calls, attempts, conflicts };
}
