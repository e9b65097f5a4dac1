import { invalid } from "@aether/core";
import type { NatsConnection } from "@aether/nats";

/**
 * Throws if the connection has the client's option `noEcho`. With this option, the server does not send the messages of
 * a connection back to it. Buses on the same connection would not receive each other's events, and a member of a queue
 * group would not receive the events of its own process.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 */
export function checkEcho(connection: NatsConnection): void {
  // Both clients keep their options in a property that their types do not declare.
  const { options } = connection as { readonly options?: { readonly noEcho?: unknown } };
  if (options?.noEcho)
    throw invalid(
      "connection",
      "has the option noEcho, so buses on it would miss each other's events: connect without noEcho",
    );
}
