import { checkConnection, type NatsConnection, type NatsServerInfo } from "@aether/nats";
import type { Deadline } from "./ask-again.ts";
import { NoReplyError } from "./no-reply-error.ts";

/**
 * Returns the details of the connection's server. They are unknown while the client reconnects. Then it waits for them,
 * or rejects at once if `rejects` is true.
 *
 * @throws NoReplyError if the details do not arrive before the deadline
 * @throws `AETHER_INVALID_ARGUMENT` if the server does not support message headers
 */
export async function reachServer(
  connection: NatsConnection,
  rejects: boolean,
  deadline: Deadline,
): Promise<NatsServerInfo> {
  for (;;) {
    checkConnection(connection);
    if (connection.info !== undefined) return connection.info;
    if (rejects || deadline.isOver) throw new NoReplyError("disconnected", "connection");
    await deadline.pause();
  }
}
