import type { NatsHeaders } from "@aether/nats";

/** The headers of a message, as far as the bus reads them. */
export function headersOf(get: (name: string) => string): NatsHeaders {
  return { get, code: 0, description: "", values: (name) => [get(name)] };
}
