import { describe, expect, test } from "vitest";
import { NatsEventBus } from "../src/index.ts";
import { onOneServer } from "./support/bus-server.ts";
import { clients } from "./support/clients.ts";

describe.each(clients)("with $client", ({ connect }) => {
  const server = onOneServer();

  test.each([true, false, undefined])("noEcho: %s", async (noEcho) => {
    const connection = await server.connect({
      connect: (options) => connect(noEcho === undefined ? options : { ...options, noEcho }),
    });
    const open = (): NatsEventBus => new NatsEventBus(connection);
    if (noEcho === true) {
      expect(open).toThrow(
        expect.objectContaining({
          code: "AETHER_INVALID_ARGUMENT",
          argument: "connection",
          reason: expect.stringContaining("connect without noEcho"),
        }),
      );
    } else await open().close();
  });
});
