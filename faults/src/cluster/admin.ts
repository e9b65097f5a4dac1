import { setTimeout as delay } from "node:timers/promises";
import { connect, type NatsConnection } from "@nats-io/transport-node";

/** What JetStream says of a stream's servers. */
export interface StreamState {
  readonly leader: string | undefined;
  /** All followers are there and up to date. */
  readonly isWhole: boolean;
  readonly messages: number;
  readonly lastSequence: number;
}

interface StreamInfoAnswer {
  readonly state?: { readonly messages: number; readonly last_seq: number };
  readonly cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly { readonly current: boolean; readonly offline?: boolean; readonly lag?: number }[];
  };
}

/** The operator's way to the servers, past all proxies. */
export class Admin {
  readonly connection: NatsConnection;

  private constructor(connection: NatsConnection) {
    this.connection = connection;
  }

  static async connect(urls: readonly string[]): Promise<Admin> {
    const options = { maxReconnectAttempts: -1, reconnectTimeWait: 50, pingInterval: 500, maxPingOut: 2 };
    return new Admin(await connect({ servers: [...urls], ignoreClusterUpdates: true, ...options }));
  }

  /** `undefined` while nobody can tell. */
  async stream(name: string): Promise<StreamState | undefined> {
    const { cluster, state } = (await this.#ask<StreamInfoAnswer>(`STREAM.INFO.${name}`)) ?? {};
    if (state === undefined) return undefined;
    const replicas = cluster?.replicas ?? [];
    const isWhole = replicas.every(({ current, offline, lag }) => current && offline !== true && (lag ?? 0) === 0);
    return { leader: cluster?.leader, isWhole, messages: state.messages, lastSequence: state.last_seq };
  }

  /** The leader's name, asked for until there is one. @throws `signal.reason` */
  async leaderOf(name: string, signal: AbortSignal): Promise<string> {
    for (;;) {
      const leader = (await this.stream(name))?.leader;
      if (leader !== undefined && leader !== "") return leader;
      await delay(50, undefined, { signal });
    }
  }

  /** Asks the leader to let another server lead. */
  async stepDown(name: string): Promise<void> {
    await this.#ask(`STREAM.LEADER.STEPDOWN.${name}`);
  }

  /** Waits until every replica is up to date. False if they are not in time. */
  async untilWhole(name: string, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      if ((await this.stream(name))?.isWhole === true) return true;
      await delay(100);
    }
    return false;
  }

  /** Changes some of a stream's settings. */
  async updateStream(name: string, settings: object): Promise<void> {
    const info = await this.#ask<{ readonly config: object }>(`STREAM.INFO.${name}`);
    await this.#insist(`STREAM.UPDATE.${name}`, { ...info?.config, ...settings });
  }

  async deleteStream(name: string): Promise<void> {
    await this.#insist(`STREAM.DELETE.${name}`);
  }

  /** Makes a stream that takes so much room. */
  async addBallast(name: string, bytes: number): Promise<void> {
    await this.#insist(`STREAM.CREATE.${name}`, { name, subjects: [name], storage: "file", num_replicas: 1 });
    const piece = new Uint8Array(512 * 1024);
    for (let sent = 0; sent + piece.length < bytes; sent += piece.length) {
      await this.connection.request(name, piece, { timeout: 5_000 });
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** @throws what the server answered */
  async #insist(operation: string, body?: object): Promise<void> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const reply = await this.connection.request(`$JS.API.${operation}`, payload, { timeout: 5_000 });
    const { error } = reply.json<{ readonly error?: { readonly description: string } }>();
    if (error !== undefined) throw new Error(`${operation}: ${error.description}`);
  }

  async #ask<Answer>(operation: string): Promise<Answer | undefined> {
    try {
      const reply = await this.connection.request(`$JS.API.${operation}`, undefined, { timeout: 2_000 });
      return reply.json<Answer>();
    } catch {
      return undefined; // a fault is under way
    }
  }
}
