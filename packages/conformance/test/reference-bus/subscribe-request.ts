import { type Event, type HandlerOptions, InvalidArgumentError, InvalidNamespaceError } from "@aether/core";

/** The arguments of `subscribe`, with defaults. */
export interface SubscribeRequest extends Omit<HandlerOptions, "bufferSize" | "overflow"> {
  readonly pattern: string;
  readonly handler: ((event: Event) => unknown) | undefined;
  readonly bufferSize: number;
  readonly overflow: "drop-oldest" | "drop-newest" | "error";
}

/** Checks a namespace, or a pattern. Only a pattern may have wildcards. */
export function checkName(name: unknown, isPattern: boolean): void {
  if (typeof name !== "string") throw badName(typeof name, "must be a string");
  if (new TextEncoder().encode(name).length > 255) throw badName(name, "is too long");
  if (!name.isWellFormed()) throw badName(name, "has a lone surrogate");
  if (/[\s\p{Cc}]/u.test(name)) throw badName(name, "has white space or a control character");
  const tokens = name.split(".");
  if (tokens.length > 16 || tokens.includes("")) throw badName(name, "has an empty token, or too many tokens");
  for (const [at, token] of tokens.entries()) {
    if (!/[*>]/.test(token)) continue;
    const isFine = token === "*" || (token === ">" && at === tokens.length - 1);
    if (!isPattern || !isFine) throw badName(name, "has a wildcard that is not allowed here");
  }
}

function badName(namespace: string, reason: string): InvalidNamespaceError {
  return new InvalidNamespaceError({ namespace, reason });
}

/** Checks the options of `subscribe`. */
export function checkOptions(options: unknown): HandlerOptions {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null) throw badOption("");
  for (const [option, isGood] of Object.entries(goodOptions)) {
    const value: unknown = Reflect.get(options, option);
    if (value !== undefined && !isGood(value)) throw badOption(option);
  }
  return options;
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const goodOptions: Readonly<Record<string, (value: unknown) => boolean>> = {
  eventTypes: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  actorId: isText,
  actorIdPrefix: isText,
  filter: (value) => typeof value === "function",
  bufferSize: (value) => Number.isInteger(value) && (value as number) > 0,
  overflow: (value) => ["drop-oldest", "drop-newest", "error"].includes(value as string),
  signal: (value) => value instanceof AbortSignal,
};

function badOption(option: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument: `options.${option}`, reason: "is invalid" });
}
