import { hash, randomUUID } from "node:crypto";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { catalogue } from "../orders/catalogue.ts";
import type { OrderCommand } from "../orders/order.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The commands for an order, by the last part of their address. */
const commands = {
  place: (fields) => {
    const items = Object.fromEntries([...catalogue.keys()].map((item) => [item, countIn(fields, item)]));
    return { type: "PlaceOrder", customer: textIn(fields, "customer"), address: textIn(fields, "address"), items };
  },
  pay: () => ({ type: "PayOrder" }),
  address: (fields) => ({ type: "ChangeAddress", address: textIn(fields, "address") }),
  ship: (fields) => ({ type: "ShipOrder", carrier: textIn(fields, "carrier") }),
  cancel: (fields) => ({ type: "CancelOrder", reason: textIn(fields, "reason") }),
} satisfies Record<string, (fields: Fields) => OrderCommand>;

export type Action = keyof typeof commands;

/** Reads a request to change an order. A form has fields where an API has the headers of these names. */
export async function readChange(c: Context, action: Action) {
  const isJson = c.req.header("content-type")?.startsWith("application/json");
  const fields: Fields = await (isJson ? c.req.json() : c.req.parseBody()).catch(() => undefined);
  if (typeof fields !== "object" || fields === null) throw badRequest("The request has no form and no JSON object.");
  const [ifMatch, key] = ["if-match", "idempotency-key"].map((name) => c.req.header(name) ?? fields[name]);
  const expectedVersion = ifMatch === undefined ? undefined : Number(/^"?(\d+)"?$/.exec(`${ifMatch}`)?.[1]);
  if (Number.isNaN(expectedVersion)) throw badRequest('If-Match must be a version, such as "3".');
  return { fields, command: commands[action](fields), expectedVersion, commandId: `${key || randomUUID()}` };
}

/** Returns the id of an order for that of a request. So a repeated request finds the order that it has placed. */
export const orderIdOf = (commandId: string): string => `order-${hash("sha256", commandId).slice(0, 10)}`;

function countIn(fields: Fields, name: string): number {
  const count = Number(fields[name] ?? 0);
  if (Number.isSafeInteger(count) && count >= 0 && count <= 1_000) return count;
  throw badRequest(`${name} must be a number from 0 to 1,000.`);
}

function textIn(fields: Fields, name: string): string {
  const text = fields[name];
  if (typeof text === "string" && text.trim() !== "" && text.length <= 200) return text.trim().toWellFormed();
  throw badRequest(`${name} must be a text of at most 200 characters.`);
}

const badRequest = (message: string) => new HTTPException(400, { message });
