import { isAetherError } from "@aether/core";
import { httpStatusOf } from "@aether/example-orders/http-status";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { OrderRejected } from "../orders/order.ts";
import { messagePage } from "./layout.ts";

/** A request that is not valid. */
export class BadRequest extends Error {}

/** There is nothing at this address. */
export class NotFound extends Error {}

/** Returns true if the client wants data instead of a page. */
export const wantsJson = (c: Context): boolean => c.req.header("accept")?.includes("application/json") ?? false;

function statusOf(error: unknown): number {
  if (error instanceof BadRequest) return 400;
  if (error instanceof NotFound) return 404;
  if (error instanceof OrderRejected) return 422;
  return error instanceof HTTPException ? error.status : httpStatusOf(error);
}

function describe(status: number, { message }: Error): readonly [title: string, message: string] {
  if (status === 503) return ["Try again", "The shop cannot answer at the moment. Load the page again in a moment."];
  if (status >= 500) return ["An error", "The shop has a problem. It is in the log."];
  return [status === 404 ? "Not found" : "This is not possible", message];
}

/** Maps an error to a status, and to a message that reveals nothing of the server. */
export function errorResponse(error: Error, c: Context): Response | Promise<Response> {
  const status = statusOf(error);
  if (status === 500) console.error(error);
  if (status === 503) c.header("retry-after", "1");
  const [title, message] = describe(status, error);
  const code = isAetherError(error) ? error.code : undefined;
  if (wantsJson(c)) return c.json({ error: message, code }, status as ContentfulStatusCode);
  return c.html(messagePage(title, message), status as ContentfulStatusCode);
}
