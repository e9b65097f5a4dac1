import type { NatsConnection } from "@aether/nats";
import { v4 as uuid } from "uuid";
import type { ResolvedAccess } from "./options.ts";
import { Deadline } from "./protocol/ask-again.ts";
import { Link } from "./protocol/link.ts";
import { reachServer } from "./protocol/reach-server.ts";

/** Minimum timeout to open a stream. A cluster needs longer to create one than to store a message. */
const SET_UP_TIMEOUT_MS = 10_000;

/** A new link, for the parts of a store. */
export interface OpenedLink {
  readonly link: Link;
  /** Name that no other store has. */
  readonly uniqueName: string;
  /** Time that opening a stream may take, in milliseconds. */
  readonly openTimeoutMs: number;
}

/**
 * Reaches the server, and assembles the parts of a store on a new link. Closes the link if that fails.
 * @throws NoReplyError, and the errors of `assemble`
 */
export async function withLink<Parts>(
  connection: NatsConnection,
  { rejectsWhileDisconnected, ackTimeoutMs }: Pick<ResolvedAccess, "rejectsWhileDisconnected" | "ackTimeoutMs">,
  assemble: (opened: OpenedLink) => Promise<Parts>,
): Promise<Parts> {
  const openTimeoutMs = Math.max(SET_UP_TIMEOUT_MS, ackTimeoutMs);
  const server = await reachServer(connection, rejectsWhileDisconnected, new Deadline(openTimeoutMs));
  const uniqueName = uuid().replaceAll("-", "");
  const link = new Link(connection, server, { uniqueName, rejectsWhileDisconnected });
  try {
    return await assemble({ link, uniqueName, openTimeoutMs });
  } catch (error) {
    link.close();
    throw error;
  }
}
