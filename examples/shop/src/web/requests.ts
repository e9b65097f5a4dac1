import { createHash, randomUUID } from "node:crypto";
import type { Context } from "hono";
import { catalogue } from "../orders/catalogue.ts";
import type { OrderCommand } from "../orders/order.ts";
import { BadRequest } from "./errors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A request to change an order. A form has fields where an API has headers. */
export type ChangeRequest = Awaited<ReturnType<typeof readChange>>;

/** The commands for an order, by the last part of their address. */
const commands: Readonly<Record<string, (fields: Fields) => OrderCommand>> = {
  place: (fields) => ({
    type: "PlaceOrder",
    customer: textIn(fields, "customer"),
    address: textIn(fields, "address"),
    items: Object.fromEntries(
      [...catalogue.keys()].map((item) => [item, countIn(fields, item)]).filter(([, quantity]) => quantity !== 0),
    ),
  }),
  pay: () => ({ type: "PayOrder" }),
  address: (fields) => ({ type: "ChangeAddress", address: textIn(fields, "address") }),
  ship: (fields) => ({ type: "ShipOrder", carrier: textIn(fields, "carrier") }),
  cancel: (fields) => ({ type: "CancelOrder", reason: textIn(fields, "reason") }),
};

/**
 * Reads a request to change an order. `expectedVersion` is the version that the client saw, and `commandId` is the same
 * if the client repeats the request.
 * @throws `BadRequest`
 */
export async function readChange(c: Context, action: string) {
  const fields = await readFields(c);
  const toCommand = Object.hasOwn(commands, action) ? commands[action] : undefined;
  if (toCommand === undefined) throw new BadRequest(`There is no action "${action}".`);
  const ifMatch = c.req.header("if-match") ?? fields["if-match"];
  const version = typeof ifMatch === "string" ? /^"?(\d+)"?$/.exec(ifMatch)?.[1] : undefined;
  if (ifMatch !== undefined && version === undefined) throw new BadRequest('If-Match must be a version, such as "3".');
  const expectedVersion = version === undefined ? undefined : Number(version);
  const key = c.req.header("idempotency-key") ?? fields["idempotency-key"];
  const commandId = typeof key === "string" && key !== "" ? key : randomUUID();
  return { command: toCommand(fields), expectedVersion, commandId, fields };
}

/** Reads the fields of a form or of a JSON object. @throws `BadRequest` */
export async function readFields(c: Context): Promise<Fields> {
  const isJson = c.req.header("content-type")?.startsWith("application/json");
  const body: unknown = await (isJson ? c.req.json() : c.req.parseBody()).catch(() => undefined);
  if (typeof body !== "object" || body === null) throw new BadRequest("The request has no form and no JSON object.");
  return body as Fields;
}

/** Returns the id of an order for that of a request. So a repeated request finds the order that it has placed. */
export function orderIdOf(commandId: string): string {
  return `order-${createHash("sha256").update(commandId).digest("hex").slice(0, 10)}`;
}

export function countIn(fields: Fields, name: string): number {
  const count = Number(fields[name] ?? 0);
  if (Number.isSafeInteger(count) && count >= 0 && count <= 1_000) return count;
  throw new BadRequest(`${name} must be a number from 0 to 1,000.`);
}

function textIn(fields: Fields, name: string): string {
  const text = fields[name];
  if (typeof text === "string" && text.trim() !== "" && text.length <= 200) return text.trim().toWellFormed();
  throw new BadRequest(`${name} must be a text of at most 200 characters.`);
}
