import { show } from "../checks/show.ts";

/** A call as text. The text is created only when it is read, because most calls succeed. */
export type Call = string | CallText;

/** A text that is created when it is read. */
export interface CallText {
  toString(): string;
}

/** Describes a call of a method. */
export function describeCall(method: PropertyKey, args: readonly unknown[]): CallText {
  return { toString: () => `${String(method)}(${args.map(show).join(", ")})` };
}

/** Describes a call that belongs to the result of another call, such as `subscribe("a"), ready`. */
export function describePart(call: Call, part: string): CallText {
  return { toString: () => `${call}, ${part}` };
}
