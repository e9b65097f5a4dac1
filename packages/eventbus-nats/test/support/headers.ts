import type { NatsHeaders } from "@aether/nats";

/** Returns the headers of a message, with only the parts that the bus reads. */
export function headersOf(get: (name: string) => string): NatsHeaders {
  return { get, code: 0, description: "", values: (name) => [get(name)] };
}
