import { Kvm } from "@nats-io/kv";
import type { NatsConnection as CurrentConnection } from "@nats-io/transport-node";
import type { NatsConnection as FormerConnection } from "nats";
import type { TestClient, TestConnection } from "./clients.ts";

/** An entry of a bucket, as both clients' key-value packages have it. */
export interface KvEntry {
  readonly key: string;
  readonly operation: string;
  readonly revision: number;
  string(): string;
}

/** An endless or finite sequence of values. */
export interface KvValues<Value> extends AsyncIterable<Value> {
  stop(): void;
}

/** The part of both clients' key-value packages that the tests use. */
export interface Kv {
  get(key: string): Promise<KvEntry | null>;
  put(key: string, value: string): Promise<number>;
  create(key: string, value: string, timeToLive?: string): Promise<number>;
  update(key: string, value: string, revision: number): Promise<number>;
  delete(key: string): Promise<void>;
  purge(key: string): Promise<void>;
  purgeDeletes(olderMillis: number): Promise<unknown>;
  keys(filter?: string): Promise<AsyncIterable<string>>;
  history(options: { readonly key: string }): Promise<AsyncIterable<KvEntry>>;
  watch(options?: { readonly key: string }): Promise<KvValues<KvEntry>>;
}

/** Options with which a key-value package creates a bucket. Times are in milliseconds. */
export interface KvOptions {
  readonly history?: number;
  readonly ttl?: number;
  readonly markerTTL?: number;
  readonly storage?: "file" | "memory";
  readonly allow_direct?: boolean;
  readonly max_bytes?: number;
  readonly maxValueSize?: number;
  readonly description?: string;
  readonly mirror?: { readonly name: string };
  readonly sources?: readonly { readonly name: string }[];
  readonly bindOnly?: boolean;
}

/** Opens a bucket with the key-value package of the client. Creates a missing bucket. */
export async function openKv(
  { client }: TestClient,
  connection: TestConnection,
  bucket: string,
  options: KvOptions = {},
): Promise<Kv> {
  const opening: Promise<unknown> =
    client === "nats"
      ? (connection as unknown as FormerConnection).jetstream().views.kv(bucket, options as object)
      : new Kvm(connection as unknown as CurrentConnection).create(bucket, options as object);
  return (await opening) as Kv;
}
