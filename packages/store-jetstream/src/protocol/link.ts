import {
  type ClientPublishOptions,
  type ClientStatus,
  type ClientSubscription,
  ConnectionWatch,
  type NatsConnection,
  type NatsMessage,
  type NatsServerInfo,
} from "@aether/nats";
import { HeaderBlock } from "./header-block.ts";
import { NoReplyError, type NoReplyReason } from "./no-reply-error.ts";

export interface LinkOptions {
  /** Prefix of the link's inboxes. No other link has the same. */
  readonly uniqueName: string;
  /** True if requests are rejected while the connection is lost. Otherwise the client sends them later. */
  readonly rejectsWhileDisconnected: boolean;
}

/** The subscription that receives the messages of one consumer. */
export interface ConsumerInbox {
  /** Requests messages. They arrive in this inbox. @throws NoReplyError if the request could not be sent */
  request(subject: string, payload: Uint8Array): void;
  close(): void;
}

interface OpenInbox {
  readonly fail: (error: NoReplyError) => void;
  /** The subject of the last request. */
  requestSubject: string;
}

interface PendingRequest {
  readonly subject: string;
  readonly deadlineMs: number;
  /** Called with each answer. Returns true if the request has ended, false to wait for another answer. */
  readonly receive: (message: NatsMessage) => boolean;
  readonly reject: (error: unknown) => void;
}

const yes = (): boolean => true;

/** Interval of the check for requests that were not answered in time, in milliseconds. */
const SWEEP_MS = 20;

/**
 * Sends the store's requests over the application's connection. One wildcard subscription receives the answers to all
 * requests, and one timer fails the requests that are not answered in time. This costs a third as much as the clients'
 * own request functions. The link uses only those parts of a connection that both clients have in common.
 */
export class Link {
  readonly #connection: NatsConnection;
  readonly #prefix: string;
  readonly #pending = new Map<string, PendingRequest>();
  readonly #inboxes = new Set<OpenInbox>();
  readonly #reconnectListeners = new Set<() => void>();
  readonly #rejectsWhileDisconnected: boolean;
  #rejectingListener = (): void => {};
  readonly #watch: ConnectionWatch;
  readonly #subscription: ClientSubscription;
  #server: NatsServerInfo;
  #lastToken = 0;
  #sweeper: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  /** @param server - the details of the connection's server */
  constructor(
    connection: NatsConnection,
    server: NatsServerInfo,
    { uniqueName, rejectsWhileDisconnected }: LinkOptions,
  ) {
    this.#connection = connection;
    this.#server = server;
    this.#rejectsWhileDisconnected = rejectsWhileDisconnected;
    this.#prefix = `${inboxPrefixOf(connection)}.${uniqueName}`;
    this.#subscription = this.#subscribe();
    this.#watch = new ConnectionWatch(connection, {
      onStatus: (status) => this.#onStatus(status),
      onClosed: (cause) => this.#failAll("connection closed", cause),
    });
  }

  /** The latest known details of the server. The clients drop them while they reconnect. */
  get server(): NatsServerInfo {
    this.#server = this.#connection.info ?? this.#server;
    return this.#server;
  }

  /** Identifier of the latest known server, which has another one after each start; `undefined` if it has none. */
  get serverRun(): string | undefined {
    const { server_id } = this.server as { readonly server_id?: unknown };
    return typeof server_id === "string" ? server_id : undefined;
  }

  get isClosed(): boolean {
    return this.#closed || this.#connection.isClosed();
  }

  /** True while requests are rejected because the connection is lost. */
  get isRejecting(): boolean {
    return this.#rejectsWhileDisconnected && !this.#watch.isConnected && !this.isClosed;
  }

  /** Publishes a message without waiting for an answer. @throws NoReplyError if the message could not be sent */
  publish(subject: string, payload: Uint8Array, reply?: string, headers?: Uint8Array): void {
    if (this.#closed) throw new NoReplyError("already closed", subject);
    this.#checkConnected(subject);
    try {
      const options: ClientPublishOptions = {};
      if (reply !== undefined) options.reply = reply;
      if (headers !== undefined) options.headers = new HeaderBlock(headers);
      this.#connection.publish(subject, payload, options);
    } catch (error) {
      throw this.#notSent(subject, error);
    }
  }

  /**
   * Sends a request. Resolves to the answer.
   *
   * @param headers - a complete header block, from `NATS/1.0` to the empty line
   * @throws NoReplyError
   */
  request(subject: string, payload: Uint8Array, timeoutMs: number, headers?: Uint8Array): Promise<NatsMessage> {
    return new Promise((resolve, reject) => {
      const receive = (message: NatsMessage): true => {
        resolve(message);
        return true;
      };
      this.send(subject, payload, timeoutMs, headers, receive, reject);
    });
  }

  /**
   * Sends a request. Calls `receive` with each answer, until it returns true, or `reject` if the request has failed.
   * Unlike {@link request}, it needs no promise.
   * @throws NoReplyError if the request could not be sent
   */
  send(
    subject: string,
    payload: Uint8Array,
    timeoutMs: number,
    headers: Uint8Array | undefined,
    receive: (message: NatsMessage) => boolean,
    reject: (error: unknown) => void,
  ): void {
    const token = (++this.#lastToken).toString(36);
    this.publish(subject, payload, `${this.#prefix}.${token}`, headers);
    this.#pending.set(token, { subject, deadlineMs: performance.now() + timeoutMs, receive, reject });
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /**
   * Sends a request that has several answers. Resolves to them once the last one has arrived.
   * @throws NoReplyError, with the reason `"single response"` if only the first one has arrived in time
   */
  requestMany(
    subject: string,
    payload: Uint8Array,
    timeoutMs: number,
    isLast: (message: NatsMessage, index: number) => boolean,
  ): Promise<NatsMessage[]> {
    const messages: NatsMessage[] = [];
    return new Promise((resolve, reject) => {
      const receive = (message: NatsMessage): boolean => {
        const isEnd = isLast(message, messages.push(message) - 1);
        if (isEnd) resolve(messages);
        return isEnd;
      };
      const fail = (error: unknown): void => {
        const isTimeOut = error instanceof NoReplyError && error.reason === "time-out";
        reject(isTimeOut && messages.length === 1 ? new NoReplyError("single response", subject, error) : error);
      };
      this.send(subject, payload, timeoutMs, undefined, receive, fail);
    });
  }

  /**
   * Opens a separate subscription for the messages of a consumer. The shared subscription cannot receive them, because
   * their subject is the one on which they are stored. That subject does not identify the consumer.
   * @throws NoReplyError if the subscription could not be opened
   */
  openInbox(receive: (message: NatsMessage) => void, fail: (error: NoReplyError) => void): ConsumerInbox {
    const subject = `${this.#prefix}.pull.${(++this.#lastToken).toString(36)}`;
    const subscription = this.#subscribeInbox(subject, receive, fail);
    const inbox: OpenInbox = { fail, requestSubject: "" };
    this.#inboxes.add(inbox);
    return {
      request: (requestSubject, payload) => {
        inbox.requestSubject = requestSubject;
        this.publish(requestSubject, payload, subject);
      },
      close: () => {
        this.#inboxes.delete(inbox);
        if (!this.#connection.isClosed()) subscription.unsubscribe();
      },
    };
  }

  /** Calls the listener after each reconnect. Returns a function that removes the listener. */
  onReconnect(listener: () => void): () => void {
    this.#reconnectListeners.add(listener);
    return () => void this.#reconnectListeners.delete(listener);
  }

  /** Calls the listener each time that the link begins to reject requests because the connection is lost. */
  onRejecting(listener: () => void): void {
    this.#rejectingListener = listener;
  }

  /** Ends all subscriptions, and fails the unanswered requests. The connection stays open. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    if (!this.#connection.isClosed()) this.#subscription.unsubscribe();
    this.#failAll("connection closed");
    clearInterval(this.#sweeper);
  }

  #subscribe(): ClientSubscription {
    const tokenStart = this.#prefix.length + 1;
    return this.#connection.subscribe(`${this.#prefix}.*`, {
      callback: (error, message) => {
        if (error === null) this.#receive(message.subject.slice(tokenStart), message);
        else this.#failAll("inbox refused", error);
      },
    });
  }

  #subscribeInbox(
    subject: string,
    receive: (message: NatsMessage) => void,
    fail: (error: NoReplyError) => void,
  ): ClientSubscription {
    this.#checkConnected(subject);
    try {
      return this.#connection.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) receive(message);
          else fail(new NoReplyError("inbox refused", subject, error));
        },
      });
    } catch (error) {
      throw this.#notSent(subject, error);
    }
  }

  #checkConnected(subject: string): void {
    if (this.isRejecting) throw new NoReplyError("disconnected", subject);
  }

  #notSent(subject: string, cause: unknown): NoReplyError {
    return new NoReplyError(this.isClosed ? "already closed" : "not sent", subject, cause);
  }

  #receive(token: string, message: NatsMessage): void {
    const request = this.#pending.get(token);
    if (request === undefined) return;
    if (isNoResponders(message)) request.reject(new NoReplyError("no responders", request.subject));
    else if (!request.receive(message)) return;
    this.#pending.delete(token);
  }

  #failAll(reason: NoReplyReason, cause?: unknown): void {
    this.#failRequests(reason, cause);
    for (const { fail } of [...this.#inboxes]) fail(new NoReplyError(reason, this.#prefix, cause));
  }

  /** Fails the requests that the server rejected because the user may not publish to this subject. */
  #failDenied(denied: string, cause: unknown): void {
    this.#failRequests("not permitted", cause, ({ subject }) => subject === denied);
    for (const { fail, requestSubject } of [...this.#inboxes]) {
      if (requestSubject === denied) fail(new NoReplyError("not permitted", denied, cause));
    }
  }

  #failRequests(reason: NoReplyReason, cause?: unknown, concerns: (request: PendingRequest) => boolean = yes): void {
    for (const [token, request] of this.#pending) {
      if (!concerns(request)) continue;
      this.#pending.delete(token);
      request.reject(new NoReplyError(reason, request.subject, cause));
    }
  }

  #sweep(): void {
    const now = performance.now();
    this.#failRequests("time-out", undefined, ({ deadlineMs }) => deadlineMs <= now);
    if (this.#pending.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #onStatus(status: ClientStatus): void {
    if (status.type === "denied") this.#failDenied(status.subject, status.cause);
    if (status.type === "disconnected" && this.#rejectsWhileDisconnected) {
      this.#failAll("connection lost");
      this.#rejectingListener();
    }
    if (status.type !== "reconnected") return;
    // Requests that were sent over the lost connection will not be answered.
    this.#failRequests("connection lost");
    for (const listener of [...this.#reconnectListeners]) listener();
  }
}

/** True for the server's message that no subscriber received the request. It has no payload. */
function isNoResponders(message: NatsMessage): boolean {
  try {
    return message.data.length === 0 && message.headers?.code === 503;
  } catch {
    return false; // The clients throw if a published header is malformed.
  }
}

/** The prefix of the connection's inboxes. Applications can set it, but neither client has it in its types. */
function inboxPrefixOf(connection: NatsConnection): string {
  const prefix = (connection as { options?: { inboxPrefix?: unknown } }).options?.inboxPrefix;
  return typeof prefix === "string" && prefix !== "" ? prefix : "_INBOX";
}
