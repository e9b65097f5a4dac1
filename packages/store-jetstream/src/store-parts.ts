import type { EstablishedConnection } from "@aether/nats";
import { type Announcer, announcerFor, type EventDefaults } from "@aether/store-kit";
import { v4 as uuid } from "uuid";
import { Appender } from "./append/appender.ts";
import { Committer } from "./append/committer.ts";
import { Slots } from "./append/slots.ts";
import { Expiry } from "./expiry/expiry.ts";
import { Floors } from "./expiry/floors.ts";
import type { ResolvedOptions } from "./options.ts";
import { JetStreamApi } from "./protocol/jetstream-api.ts";
import { Link } from "./protocol/link.ts";
import { DirectGet } from "./replay/direct-get.ts";
import { History } from "./replay/history.ts";
import { lastMessage } from "./replay/last-message.ts";
import { PullReader } from "./replay/pull-reader.ts";
import { Snapshots } from "./snapshots/snapshots.ts";
import { ensureStream } from "./stream/ensure-stream.ts";
import { eventsPlan, headsPlan, type StreamPlan, snapshotsPlan } from "./stream/stream-plan.ts";
import { StreamWatch } from "./stream/stream-watch.ts";
import { headSubject, snapshotSubject } from "./subjects.ts";
import { Underway } from "./underway.ts";
import { VersionCache } from "./version-cache.ts";

/** Where ids and times come from that a writer left out. */
export const defaults: EventDefaults = { newId: () => uuid(), now: () => new Date().toISOString() };

/** Making a stream takes a cluster longer than a save. */
const SET_UP_TIMEOUT_MS = 10_000;

/** What a read holds at most, unless single messages are larger. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** What an open store is made of. */
export interface StoreParts {
  readonly link: Link;
  readonly watch: StreamWatch;
  readonly cache: VersionCache;
  readonly history: History;
  readonly appender: Appender;
  readonly snapshots: Snapshots;
  readonly announcer: Announcer | undefined;
  readonly underway: Underway;
}

/** Opens the streams that the options ask for, and puts a store's parts together. @throws what `open` throws */
export async function openParts(connection: EstablishedConnection, options: ResolvedOptions): Promise<StoreParts> {
  const uniqueName = uuid().replaceAll("-", "");
  const link = new Link(connection, uniqueName);
  try {
    return await assemble(link, uniqueName, options);
  } catch (error) {
    link.close();
    throw error;
  }
}

async function assemble(link: Link, uniqueName: string, options: ResolvedOptions): Promise<StoreParts> {
  const { effectiveName, ackTimeoutMs } = options;
  // Short enough to ask again before a read gives up.
  const requestTimeoutMs = Math.ceil(ackTimeoutMs / 3);
  const apiOf = ({ config }: StreamPlan): JetStreamApi => new JetStreamApi(link, config.name, requestTimeoutMs);
  const ensure = (plan: StreamPlan): ReturnType<typeof ensureStream> => {
    const patienceMs = Math.max(SET_UP_TIMEOUT_MS, ackTimeoutMs);
    const slowApi = new JetStreamApi(link, plan.config.name, Math.ceil(patienceMs / 3));
    return ensureStream(slowApi, plan, { mode: options.stream, serverVersion: link.server.version, patienceMs });
  };

  const events = eventsPlan(options);
  const api = apiOf(events);
  const info = await ensure(events);
  const watch = new StreamWatch(link, api, effectiveName, info);
  const heads = headsPlan(options);
  const expires = (info.config.max_age ?? 0) > 0;
  if (expires) await ensure(heads);
  const floors = new Floors({
    link,
    api: apiOf(heads),
    cacheSize: options.cacheSize,
    timeoutMs: ackTimeoutMs,
    subjectOf: ({ id }) => headSubject(effectiveName, id),
  });
  const expiry = expires ? new Expiry(floors, watch, options.acceptTruncated) : undefined;

  const cache = new VersionCache(options.cacheSize);
  let consumers = 0;
  const newConsumerName = (): string => `${uniqueName}-${++consumers}`;
  const chunkBytes = (): number => Math.max(CHUNK_BYTES, 2 * link.server.max_payload);
  const reader = new PullReader(link, api, {
    directGet: new DirectGet(api, {
      streamName: effectiveName,
      isAllowed: info.config.allow_direct === true,
      maxBytes: chunkBytes,
    }),
    newConsumerName,
    chunkBytes,
    timeoutMs: ackTimeoutMs,
    lastMessage: (subject, knownSequence) => lastMessage(api, watch, subject, knownSequence),
    isReplicated: () => watch.isReplicated,
  });
  const patientApi = new JetStreamApi(link, effectiveName, requestTimeoutMs, ackTimeoutMs);
  const history = new History({ api: patientApi, reader, cache, watch, expiry, patienceMs: ackTimeoutMs });
  const announcer = announcerFor(options.announce, defaults);
  const underway = new Underway();
  const appender = new Appender({
    streamName: effectiveName,
    cache,
    history,
    committer: new Committer(link, api, watch, ackTimeoutMs),
    slots: new Slots(options.maxInFlight),
    expiry,
    underway,
    onStored: (stored) => announcer?.announce(stored),
    maxMessageBytes: () => link.server.max_payload,
  });
  const plan = snapshotsPlan(options);
  const snapshots = new Snapshots({
    link,
    api: apiOf(plan),
    timeoutMs: ackTimeoutMs,
    streamName: plan.config.name,
    ensure: () => ensure(plan),
    subjectOf: ({ id }) => snapshotSubject(effectiveName, id),
  });
  return { link, watch, cache, history, appender, snapshots, announcer, underway };
}
