import type { EventsOf } from "@aether/core";
import type { CommandsOf, DecideMap, Decider, defineDecider as define } from "../../src/index.ts";

/** `nonce` differs in every decision, as a time or a generated id does. */
export type PaymentEvent = EventsOf<{ Changed: { by: number; nonce: number } }>;
export type PaymentCommand = CommandsOf<{
  Deposit: { amount: number; eventId?: string };
  Withdraw: { amount: number };
  Empty: object;
}>;
export type Balance = { readonly balance: number };

export class Overdrawn extends Error {}

let decisions = 0;

const decide: DecideMap<PaymentEvent, PaymentCommand, Balance> = {
  Deposit: (_, { amount, eventId }, { event }) => event("Changed", { by: amount, nonce: ++decisions }, { id: eventId }),
  Withdraw: ({ balance }, { amount }, { event }) => {
    if (balance < amount) throw new Overdrawn();
    return changesOf(amount).map((by) => event("Changed", { by, nonce: ++decisions }));
  },
  Empty: async ({ balance }, _, { event }) => {
    for (let turn = 0; turn < 4; turn++) await undefined;
    if (balance > 0) return event("Changed", { by: -balance, nonce: ++decisions });
    return undefined;
  },
};

const changesOf = (amount: number): number[] => (amount === 1 ? [-1] : [-1, 1 - amount]);

/** An account whose balance must not become negative. */
export function payments(defineDecider: typeof define): Decider<PaymentEvent, PaymentCommand, Balance> {
  return defineDecider<PaymentEvent, PaymentCommand, Balance>({
    initialState: { balance: 0 },
    decide,
    evolve: { Changed: ({ balance }, { data }) => ({ balance: balance + data.by }) },
    snapshot: { version: 1, toJson: (state) => state, fromJson: (state: Balance) => state },
  });
}

/** Returns the changes that the command causes, or the reason for which it causes none. */
export function expectedOutcome(command: PaymentCommand, balance: number): readonly number[] | "rejected" | "nothing" {
  switch (command.type) {
    case "Deposit":
      return [command.amount];
    case "Withdraw":
      return balance < command.amount ? "rejected" : changesOf(command.amount);
    case "Empty":
      return balance > 0 ? [-balance] : "nothing";
  }
}

export function balanceAt(history: readonly PaymentEvent[], version: number): number {
  let balance = 0;
  for (const event of history) if (event.version <= version) balance += event.data.by;
  return balance;
}
