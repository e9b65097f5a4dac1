import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NatsEventBus } from "@aether/eventbus-nats";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { createAccount, createOperator, createUser, type KeyPair } from "@nats-io/nkeys";
import { credsAuthenticator, nkeyAuthenticator } from "@nats-io/transport-node";
import { credsAuthenticator as natsCredsAuthenticator, nkeyAuthenticator as natsNkeyAuthenticator } from "nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClientConnection } from "../../src/workload/connect.ts";
import { clients } from "./clients.ts";

const TIMEOUT_MS = 300_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const byClient = {
  nats: { nkey: natsNkeyAuthenticator, creds: natsCredsAuthenticator },
  "@nats-io": { nkey: nkeyAuthenticator, creds: credsAuthenticator },
} as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aether-identities-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Saves, reads and publishes over the connection, then closes it. */
async function expectUsable(connection: ClientConnection): Promise<void> {
  try {
    const streamName = `identities-${crypto.randomUUID()}`;
    const store = await JetStreamEventStore.open(connection, { streamName });
    await store.saveEvent({ actorId: "order-1", version: 1, eventType: "Tested", data: {} });
    const [event] = await store.getEvents("order-1");
    expect(event?.version).toBe(1);
    const bus = new NatsEventBus(connection);
    await bus.subscribe("orders").ready;
    if (event !== undefined) await bus.publish("orders", event);
    await bus.close();
    await store.close();
  } finally {
    await connection.close();
  }
}

describe("TLS with server and client certificates", () => {
  let server: NatsServer;
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    makeCertificates(folder);
    const files = `cert_file: "${file("server.pem")}", key_file: "${file("server.key")}", ca_file: "${file("ca.pem")}"`;
    server = await startNatsServer({ config: `tls { ${files}, verify: true }`.replaceAll("\\", "/") });
  }, TIMEOUT_MS);
  afterAll(() => server.stop());

  test.each(clients)("a store and a bus work through $client", async ({ connect }) => {
    const tls = { caFile: file("ca.pem"), certFile: file("client.pem"), keyFile: file("client.key") };
    await expectUsable(await connect({ servers: server.url, tls }));
  });

  test.each(clients)(
    "a client without a certificate, or without the server's authority, cannot connect: $client",
    async ({ connect }) => {
      const once = { servers: server.url, maxReconnectAttempts: 0, reconnect: false };
      await expect(connect({ ...once, tls: { caFile: file("ca.pem") } })).rejects.toThrow();
      await expect(connect({ ...once, tls: {} })).rejects.toThrow();
    },
  );
});

describe("NKeys", () => {
  let server: NatsServer;
  const user = createUser();

  beforeAll(async () => {
    server = await startNatsServer({ config: `authorization { users: [{ nkey: ${user.getPublicKey()} }] }` });
  }, TIMEOUT_MS);
  afterAll(() => server.stop());

  test.each(clients)("a store and a bus work through $client; another key is rejected", async ({ client, connect }) => {
    const { nkey } = byClient[client as keyof typeof byClient];
    await expectUsable(await connect({ servers: server.url, authenticator: nkey(user.getSeed()) }));
    const unknownUser = { servers: server.url, reconnect: false, authenticator: nkey(createUser().getSeed()) };
    await expect(connect(unknownUser)).rejects.toThrow(/authorization/i);
  });
});

describe("JWTs signed by an operator", () => {
  let server: NatsServer;
  const [operator, system, account, user] = [createOperator(), createAccount(), createAccount(), createUser()];
  const unlimited = { subs: -1, data: -1, payload: -1 };
  const accountLimits = { ...unlimited, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const jetStreamLimits = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

  beforeAll(async () => {
    const signed = (subject: KeyPair, name: string, limits: object): string =>
      token(operator, subject, name, { type: "account", limits });
    const config = [
      `operator: ${token(operator, operator, "O", { type: "operator" })}`,
      `system_account: ${system.getPublicKey()}`,
      "resolver: MEMORY",
      "resolver_preload: {",
      `  ${system.getPublicKey()}: ${signed(system, "SYS", accountLimits)}`,
      `  ${account.getPublicKey()}: ${signed(account, "APP", { ...accountLimits, ...jetStreamLimits })}`,
      "}",
    ];
    server = await startNatsServer({ config: config.join("\n") });
  }, TIMEOUT_MS);
  afterAll(() => server.stop());

  /** Returns a credentials file in the format of `nsc`. */
  const credentials = (issuer: KeyPair): Uint8Array => {
    const jwt = token(issuer, user, "app", { type: "user", pub: {}, sub: {}, ...unlimited });
    const block = (name: string, content: string): string =>
      `-----BEGIN ${name}-----\n${content}\n------END ${name}------\n`;
    return encoder.encode(`${block("NATS USER JWT", jwt)}\n${block("USER NKEY SEED", decoder.decode(user.getSeed()))}`);
  };

  test.each(clients)(
    "a store and a bus work through $client; a forged token is rejected",
    async ({ client, connect }) => {
      const { creds } = byClient[client as keyof typeof byClient];
      await expectUsable(await connect({ servers: server.url, authenticator: creds(credentials(account)) }));
      const forged = { servers: server.url, reconnect: false, authenticator: creds(credentials(createAccount())) };
      await expect(connect(forged)).rejects.toThrow(/authorization/i);
    },
  );
});

/** Returns a JWT in the format of nats-server, signed with an NKey. */
function token(issuer: KeyPair, subject: KeyPair, name: string, nats: object): string {
  const encode = (value: Uint8Array | string): string => Buffer.from(value).toString("base64url");
  const header = { typ: "JWT", alg: "ed25519-nkey" };
  const claims = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name,
    nats: { ...nats, version: 2 },
  };
  const body = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(claims))}`;
  return `${body}.${encode(issuer.sign(encoder.encode(body)))}`;
}

/** Creates a certificate authority, and certificates for a server on loopback and for a client. */
function makeCertificates(into: string): void {
  const openssl = (...args: readonly string[]): void => {
    execFileSync("openssl", args, { cwd: into, stdio: ["ignore", "ignore", "pipe"] });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test authority");
  for (const name of ["server", "client"]) {
    writeFileSync(join(into, `${name}.ext`), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const signedBy = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", `${name}.ext`];
    openssl("x509", "-req", "-in", `${name}.csr`, ...signedBy, "-out", `${name}.pem`, "-days", "2");
  }
  if (!readFileSync(join(into, "server.pem"), "utf8").includes("BEGIN CERTIFICATE")) {
    throw new Error("openssl created no certificate");
  }
}
