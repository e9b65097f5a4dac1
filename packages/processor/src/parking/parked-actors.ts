import {
  type CallOptions,
  type DocumentStore,
  invalid,
  isAetherError,
  type Position,
  type StoredDocument,
} from "@aether/core";
import { checkActorId, PARTITION_COUNT, partitionOf, readFields, readSignal } from "@aether/store-kit";
import { isParkIndex, type ParkedError, type ParkIndex } from "../state/park-index.ts";
import { checkProcessorName, documentIds, readValue } from "../state/processor-documents.ts";
import { isSettingsRecord, type SettingsRecord } from "../state/settings-record.ts";

/** An actor that a processor has parked: an event of it could not be handled, and its later events wait. */
export interface ParkedActor {
  /** Id of the actor. */
  readonly actorId: string;
  /** Position of the event that could not be handled. */
  readonly position: Position;
  /** Id of this event. Pass it to `discardParked`, so that no other event is discarded. */
  readonly eventId: string;
  /** Type of this event. */
  readonly eventType: string;
  /** Version of this event. */
  readonly version: number;
  /** Number of attempts to handle it. */
  readonly attempts: number;
  /** Time of the last attempt: an RFC 3339 date-time. */
  readonly parkedAt: string;
  /** The error of the last attempt: its name, its message of at most 500 characters, and its code, if there is one. */
  readonly error: ParkedError;
  /** Request that a process is about to carry out; `null` if there is none. */
  readonly request: "retry" | "discard" | null;
}

/** Options of `retryParked` and `discardParked`. */
export interface ParkedRequestOptions extends CallOptions {
  /**
   * Id of the event that must have parked the actor: the `eventId` of the `ParkedActor` that you have seen. If another
   * event has parked it in the meantime, nothing is requested.
   * @default any event
   */
  readonly eventId?: string | undefined;
}

/**
 * Lists the parked actors of a processor, from any process.
 *
 * @throws `AETHER_INVALID_ARGUMENT`, and the errors of `getDocument`
 *
 * @example
 * ```ts
 * const parked = await parkedActors(documents, "shipping-mails");
 * for (const { actorId, error } of parked) console.log(actorId, error.message);
 * ```
 */
export async function parkedActors(
  documents: DocumentStore,
  name: string,
  options: CallOptions = {},
): Promise<readonly ParkedActor[]> {
  checkProcessorName(name);
  const signal = readSignal(options);
  const settings = await settingsOf(documents, name, signal);
  const partitions = Array.from({ length: settings?.partitions ?? 0 }, (_, partition) => partition);
  const indexes = await Promise.all(partitions.map((partition) => indexOf(documents, name, partition, signal)));
  return indexes.flatMap((index) => index?.value.actors.map(parkedActor) ?? []);
}

/**
 * Requests that a parked actor is handled again, from the event that failed. The process that handles the actor's
 * partition carries out the request, and continues with the actor's later events. If an event fails again, the actor is
 * parked again.
 *
 * @returns true once the request is stored; false if the actor is not parked, another event than `eventId` has parked
 * it, or it has another request
 * @throws `AETHER_INVALID_ARGUMENT`, and the errors of `putDocument` except `AETHER_REVISION_CONFLICT`
 *
 * @example
 * ```ts
 * await retryParked(documents, "shipping-mails", "order-1");
 * ```
 */
export function retryParked(
  documents: DocumentStore,
  name: string,
  actorId: string,
  options: ParkedRequestOptions = {},
): Promise<boolean> {
  return request(documents, name, actorId, "retry", options);
}

/**
 * Requests that the event that has parked an actor is skipped for good, and that the actor's later events are handled.
 *
 * @returns true once the request is stored; false if the actor is not parked, another event than `eventId` has parked
 * it, or it has another request
 * @throws `AETHER_INVALID_ARGUMENT`, and the errors of `putDocument` except `AETHER_REVISION_CONFLICT`
 *
 * @example
 * ```ts
 * for (const { actorId, eventId, error } of await parkedActors(documents, "shipping-mails"))
 *   if (error.name === "UnknownAddress") await discardParked(documents, "shipping-mails", actorId, { eventId });
 * ```
 */
export function discardParked(
  documents: DocumentStore,
  name: string,
  actorId: string,
  options: ParkedRequestOptions = {},
): Promise<boolean> {
  return request(documents, name, actorId, "discard", options);
}

async function request(
  documents: DocumentStore,
  name: string,
  actorId: string,
  wanted: "retry" | "discard",
  options: ParkedRequestOptions,
): Promise<boolean> {
  checkProcessorName(name);
  checkActorId(actorId);
  const signal = readSignal(options);
  const { eventId } = readFields(options, "options", ["eventId"]);
  if (eventId !== undefined && (typeof eventId !== "string" || eventId === ""))
    throw invalid("options.eventId", "must be the id of an event");
  const settings = await settingsOf(documents, name, signal);
  if (settings === undefined) return false;
  const partition = settings.partitions === PARTITION_COUNT ? partitionOf(actorId) : 0;
  /** Position of the event that was requested, if it is unknown whether the request was stored. */
  let requested: Position | undefined;
  for (;;) {
    const found = await indexOf(documents, name, partition, signal);
    const record = found?.value.actors.find((each) => each.actorId === actorId);
    // If the record has changed in the meantime, the request was carried out. It must not apply to another event.
    if (requested !== undefined && record?.position !== requested) return true;
    if (found === undefined || record === undefined) return false;
    if (eventId !== undefined && record.eventId !== eventId) return false;
    if (record.request !== null) return record.request === wanted;
    const { document, value } = found;
    const actors = value.actors.map((each) => (each === record ? { ...each, request: wanted } : each));
    try {
      const { collection, id, revision } = document;
      await documents.putDocument(collection, id, { ...value, actors }, { expectedRevision: revision, signal });
      return true;
    } catch (error) {
      // The owner has written in the meantime, or it is unknown whether the request was stored.
      const isUnknown = isAetherError(error, "AETHER_OUTCOME_UNKNOWN");
      if (!(isUnknown || isAetherError(error, "AETHER_REVISION_CONFLICT")) || signal?.aborted) throw error;
      if (isUnknown) requested = record.position;
    }
  }
}

/** Reads the settings of a processor; `undefined` if it was never started. */
async function settingsOf(
  documents: DocumentStore,
  name: string,
  signal: AbortSignal | undefined,
): Promise<SettingsRecord | undefined> {
  return (await readValue<SettingsRecord>(documents, name, documentIds.settings, isSettingsRecord, signal))?.value;
}

/** Reads the index of a partition. */
function indexOf(
  documents: DocumentStore,
  name: string,
  partition: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly document: StoredDocument; readonly value: ParkIndex } | undefined> {
  return readValue<ParkIndex>(documents, name, documentIds.parked(partition), isParkIndex, signal);
}

function parkedActor(record: ParkIndex["actors"][number]): ParkedActor {
  const { after: _, ...parked } = record;
  return parked;
}
