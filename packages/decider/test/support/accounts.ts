import { type EventsOf, MetadataKeys, type NewEvent } from "@aether/core";
import { type CommandsOf, type DecideMap, type Decider, defineDecider } from "../../src/index.ts";

export type AccountEvent = EventsOf<{ Changed: { by: number } }>;
export type AccountCommand = CommandsOf<{ Deposit: { amount: number }; Withdraw: { amount: number }; Empty: object }>;
export type Account = { readonly balance: number };
/** A function that decides `Deposit`. */
export type AccountDecide = DecideMap<AccountEvent, AccountCommand, Account>["Deposit"];

export class Overdrawn extends Error {
  readonly code = "OVERDRAWN" as const;
}

/**
 * An account. `Withdraw` is rejected if the balance is too low; more than 1 is withdrawn in two events. `Empty` has
 * nothing to do if the balance is 0.
 */
export const accounts: Decider<AccountEvent, AccountCommand, Account> = defineDecider<
  AccountEvent,
  AccountCommand,
  Account
>({
  initialState: { balance: 0 },
  decide: {
    Deposit: (_, { amount }, { event }) => event("Changed", { by: amount }),
    Withdraw: ({ balance }, { amount }, { event }) => {
      if (balance < amount) throw new Overdrawn(`the balance is ${balance}`);
      if (amount === 1) return event("Changed", { by: -1 });
      return [event("Changed", { by: -1 }), event("Changed", { by: 1 - amount })];
    },
    Empty: async ({ balance }, _, { event }) => (balance === 0 ? undefined : event("Changed", { by: -balance })),
  },
  evolve: { Changed: ({ balance }, { data }) => ({ balance: balance + data.by }) },
  snapshot: { version: 1, toJson: (account) => account, fromJson: ({ balance }: Account) => ({ balance }) },
});

/** Accounts with other decisions, and without snapshots. */
export function accountsWith(
  decide: Partial<DecideMap<AccountEvent, AccountCommand, Account>>,
): Decider<AccountEvent, AccountCommand, Account> {
  const { initialState, evolve } = accounts;
  return defineDecider<AccountEvent, AccountCommand, Account>({
    initialState,
    evolve,
    decide: { ...accounts.decide, ...decide },
  });
}

export const deposit = (amount = 1): AccountCommand => ({ type: "Deposit", amount });
export const withdraw = (amount = 1): AccountCommand => ({ type: "Withdraw", amount });
export const empty: AccountCommand = { type: "Empty" };

export function changed(version: number, by: number, commandId?: string): NewEvent<AccountEvent> {
  const metadata = commandId === undefined ? undefined : { [MetadataKeys.commandId]: commandId };
  return { actorId: "a", version, eventType: "Changed", data: { by }, metadata };
}
