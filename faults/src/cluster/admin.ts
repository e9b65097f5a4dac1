import { setTimeout as delay } from "node:timers/promises";
import { connect, type NatsConnection } from "@nats-io/transport-node";

/** The state of a stream as JetStream reports it. */
export interface StreamState {
  readonly leader: string | undefined;
  /** All followers are online and up to date. */
  readonly isInSync: boolean;
  readonly messages: number;
  readonly lastSequence: number;
}

interface StreamInfo {
  readonly state?: { readonly messages: number; readonly last_seq: number };
  readonly cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly { readonly current: boolean; readonly offline?: boolean; readonly lag?: number }[];
  };
}

/** An operator's connection to the servers, which does not go through the proxies. */
export class Admin {
  readonly connection: NatsConnection;

  private constructor(connection: NatsConnection) {
    this.connection = connection;
  }

  static async connect(urls: readonly string[]): Promise<Admin> {
    const options = { maxReconnectAttempts: -1, reconnectTimeWait: 50, pingInterval: 500, maxPingOut: 2 };
    return new Admin(await connect({ servers: [...urls], ignoreClusterUpdates: true, ...options }));
  }

  /** Returns the stream's state, or `undefined` if no server answers. */
  async streamState(name: string): Promise<StreamState | undefined> {
    const { cluster, state } = (await this.#query<StreamInfo>(`STREAM.INFO.${name}`)) ?? {};
    if (state === undefined) return undefined;
    const replicas = cluster?.replicas ?? [];
    const isInSync = replicas.every(({ current, offline, lag }) => current && offline !== true && (lag ?? 0) === 0);
    return { leader: cluster?.leader, isInSync, messages: state.messages, lastSequence: state.last_seq };
  }

  /** Waits until the stream has a leader and returns its name. @throws `signal.reason` */
  async leaderOf(name: string, signal: AbortSignal): Promise<string> {
    for (;;) {
      const leader = (await this.streamState(name))?.leader;
      if (leader !== undefined && leader !== "") return leader;
      await delay(50, undefined, { signal });
    }
  }

  /**
   * Waits until a server answers, and returns the last sequence of a stream.
   * @throws {Error} if that takes over a minute
   */
  async lastSequence(name: string): Promise<number> {
    const deadline = performance.now() + 60_000;
    for (;;) {
      const state = await this.streamState(name);
      if (state !== undefined) return state.lastSequence;
      if (performance.now() > deadline) throw new Error(`no server has answered for stream ${name}`);
      await delay(50);
    }
  }

  /** Makes the leader of the stream step down, which causes an election. */
  async stepDown(name: string): Promise<void> {
    await this.#query(`STREAM.LEADER.STEPDOWN.${name}`);
  }

  /** Waits until every replica is up to date. Returns false on timeout. */
  async waitUntilInSync(name: string, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      if ((await this.streamState(name))?.isInSync === true) return true;
      await delay(100);
    }
    return false;
  }

  /** Changes the given settings of a stream and keeps the others. */
  async updateStream(name: string, settings: object): Promise<void> {
    const info = await this.#query<{ readonly config: object }>(`STREAM.INFO.${name}`);
    await this.#command(`STREAM.UPDATE.${name}`, { ...info?.config, ...settings });
  }

  async deleteStream(name: string): Promise<void> {
    await this.#command(`STREAM.DELETE.${name}`);
  }

  /** Creates a stream and fills it with about this many bytes. */
  async addBallast(name: string, bytes: number): Promise<void> {
    await this.#command(`STREAM.CREATE.${name}`, { name, subjects: [name], storage: "file", num_replicas: 1 });
    const piece = new Uint8Array(512 * 1024);
    for (let sent = 0; sent + piece.length < bytes; sent += piece.length) {
      await this.connection.request(name, piece, { timeout: 5_000 });
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Sends a request that must succeed. @throws {Error} with the server's error message */
  async #command(operation: string, body?: object): Promise<void> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const reply = await this.connection.request(`$JS.API.${operation}`, payload, { timeout: 5_000 });
    const { error } = reply.json<{ readonly error?: { readonly description: string } }>();
    if (error !== undefined) throw new Error(`${operation}: ${error.description}`);
  }

  /** Sends a request that may fail while a fault is active. Returns `undefined` if it fails. */
  async #query<Reply>(operation: string): Promise<Reply | undefined> {
    try {
      const reply = await this.connection.request(`$JS.API.${operation}`, undefined, { timeout: 2_000 });
      return reply.json<Reply>();
    } catch {
      return undefined;
    }
  }
}
