import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { TestClient, TestConnection } from "./clients.ts";

/** A server with users. */
export interface ServerWithUsers {
  /** Connects as a user. The connection is closed after the test. */
  readonly connectAs: (client: Pick<TestClient, "connect">, user: string) => Promise<TestConnection>;
  /** Returns the lines that the server has logged. */
  readonly log: () => readonly string[];
}

/** Provides a server with users for the tests of a file. Every user has the password `x`. */
export function onServerWithUsers(config: string): ServerWithUsers {
  let server: NatsServer;
  const connections: TestConnection[] = [];
  beforeAll(async () => {
    server = await startNatsServer({ config });
  }, 300_000);
  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.close();
  });
  afterAll(() => server.stop());
  return {
    async connectAs({ connect }, user) {
      const connection = await connect({ servers: server.url, user, pass: "x" });
      connections.push(connection);
      return connection;
    },
    log: () => server.log(),
  };
}

/** The configuration of a user who may publish only to some subjects. */
export function userAllowed(name: string, subjects: readonly string[]): string {
  const permissions = `{ publish: { allow: ${JSON.stringify(subjects)} }, subscribe: "_INBOX.>" }`;
  return `{ user: ${name}, password: x, permissions: ${permissions} }`;
}
