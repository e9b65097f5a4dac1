import { isAetherError } from "@aether/core";
import { httpStatusOf } from "@aether/example-orders/http-status";
import type { Context } from "hono";
import { html } from "hono/html";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { OrderRejected } from "../orders/order.ts";
import { layout } from "./html.ts";

export const wantsJson = (c: Context): boolean => c.req.header("accept")?.includes("application/json") ?? false;

/** Maps an error to a status, and to a message that reveals nothing of the server. */
export function errorResponse(error: Error, c: Context) {
  const status = statusOf(error);
  if (status === 500) console.error(error);
  if (status === 503) c.header("retry-after", "1");
  const message = status < 500 ? error.message : "The shop cannot answer at the moment. Try it again.";
  if (wantsJson(c)) return c.json({ error: message, code: isAetherError(error) ? error.code : undefined }, status);
  return c.html(layout("This is not possible", html`<p class="card">${message}</p>`), status);
}

function statusOf(error: Error): ContentfulStatusCode {
  if (error instanceof OrderRejected) return 422;
  if (error instanceof HTTPException) return error.status as ContentfulStatusCode;
  // A client has sent a value that the store cannot know, such as a position of another store in a cookie.
  if (isAetherError(error, "AETHER_INVALID_ARGUMENT") || isAetherError(error, "AETHER_STREAM_RESET")) return 400;
  return httpStatusOf(error) as ContentfulStatusCode;
}
