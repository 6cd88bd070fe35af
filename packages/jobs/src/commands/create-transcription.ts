import { and, eq, isNull } from 'drizzle-orm';
import {
  media,
  transcriptions,
  type Database,
  type Transaction,
  type TranscriptionOptions,
  type TranscriptionPriority,
} from '@voice-transcriber/db';
import { appendEvent } from '@voice-transcriber/events';
import { ringPrepare } from '../tasks.js';
import { readTranscription, type Transcription } from './outcome.js';

export type NewMedia = Omit<typeof media.$inferInsert, 'id' | 'createdAt' | 'blobDeletedAt'>;

export interface NewTranscription {
  /** The blob that was just stored, or a recording that is here already. */
  readonly media: NewMedia | { readonly existingId: string };
  /** undefined only where access control is off. */
  readonly apiKeyId: string | undefined;
  readonly options: TranscriptionOptions;
  readonly requestedModel?: string | undefined;
  readonly requestedBackend?: string | undefined;
  /** Id or kind of a device. */
  readonly requestedDevice?: string | undefined;
  readonly priority: TranscriptionPriority;
  /** Binds only together with an apiKeyId. */
  readonly idempotencyKey?: string | undefined;
  /** W3C `traceparent` of what made it; all that is done for it joins that trace. */
  readonly traceParent?: string | undefined;
}

/** The recording was deleted between looking at it and using it. */
export class MediaGoneError extends Error {
  override readonly name = 'MediaGoneError';
  readonly code = 'media-gone';

  constructor() {
    super('The recording is no longer stored. Upload it again.');
  }
}

export interface CreatedTranscription {
  readonly transcription: Transcription;
  /** The idempotency key was known: nothing was made. */
  readonly existing: boolean;
  /** Key of the blob just stored when nothing refers to it, because equal content was there already: the caller deletes it. */
  readonly unusedStorageKey: string | undefined;
}

/**
 * Accepts a recording: media, transcription, event and bell in one transaction. Once it returns, the work is not lost any more.
 *
 * Equal content under the same name is stored once: a second upload shares the first one's row and blob.
 */
export async function createTranscription(db: Database, args: NewTranscription): Promise<CreatedTranscription> {
  return db.orm.transaction(async (transaction) => {
    const stored = await storeMedia(transaction, args.media);
    const [created] = await transaction
      .insert(transcriptions)
      .values({
        mediaId: stored.id,
        apiKeyId: args.apiKeyId ?? null,
        options: args.options,
        requestedModel: args.requestedModel ?? null,
        requestedBackend: args.requestedBackend ?? null,
        requestedDevice: args.requestedDevice ?? null,
        priority: args.priority,
        idempotencyKey: args.idempotencyKey ?? null,
        traceParent: args.traceParent ?? null,
      })
      // A second request with the same key waits here for the first one's commit.
      .onConflictDoNothing()
      .returning({ id: transcriptions.id });
    if (!created) return findExisting(transaction, args, stored.created ? stored.id : undefined);
    await ringPrepare(transaction, created.id);
    await appendEvent(transaction, {
      transcriptionId: created.id,
      type: 'transcription-created',
      payload: { priority: args.priority },
    });
    return {
      transcription: await readTranscription(transaction, created.id),
      existing: false,
      unusedStorageKey: unusedKey(args.media, stored),
    };
  });
}

/** The transcription that an idempotency key of this client already made; undefined when the key is new. Lets an upload end early. */
export async function findByIdempotencyKey(
  db: Database | Transaction,
  { apiKeyId, idempotencyKey }: { apiKeyId: string; idempotencyKey: string },
): Promise<Transcription | undefined> {
  const [row] = await ('orm' in db ? db.orm : db)
    .select()
    .from(transcriptions)
    .where(and(eq(transcriptions.apiKeyId, apiKeyId), eq(transcriptions.idempotencyKey, idempotencyKey)));
  return row;
}

interface StoredMedia {
  readonly id: string;
  readonly storageKey: string;
  readonly created: boolean;
}

function unusedKey(candidate: NewTranscription['media'], stored: StoredMedia): string | undefined {
  if ('existingId' in candidate || candidate.storageKey === stored.storageKey) return undefined;
  return candidate.storageKey;
}

async function storeMedia(transaction: Transaction, candidate: NewTranscription['media']): Promise<StoredMedia> {
  if ('existingId' in candidate) return findStoredMedia(transaction, candidate.existingId);
  // The lock keeps a deletion from taking the blob away between here and the commit.
  const [equal] = await transaction
    .select({ id: media.id, storageKey: media.storageKey })
    .from(media)
    .where(and(eq(media.sha256, candidate.sha256), isNull(media.blobDeletedAt), eq(media.filename, candidate.filename)))
    .limit(1)
    .for('share');
  if (equal) return { ...equal, created: false };
  const [created] = await transaction
    .insert(media)
    .values(candidate)
    .returning({ id: media.id, storageKey: media.storageKey });
  if (!created) throw new Error('The insert of a media row returned nothing.');
  return { ...created, created: true };
}

async function findStoredMedia(transaction: Transaction, id: string): Promise<StoredMedia> {
  const [row] = await transaction
    .select({ id: media.id, storageKey: media.storageKey })
    .from(media)
    .where(and(eq(media.id, id), isNull(media.blobDeletedAt)))
    .for('share');
  if (!row) throw new MediaGoneError();
  return { ...row, created: false };
}

async function findExisting(
  transaction: Transaction,
  args: NewTranscription,
  createdMediaId: string | undefined,
): Promise<CreatedTranscription> {
  const { apiKeyId, idempotencyKey } = args;
  const transcription =
    apiKeyId !== undefined && idempotencyKey !== undefined
      ? await findByIdempotencyKey(transaction, { apiKeyId, idempotencyKey })
      : undefined;
  if (!transcription) throw new Error('An insert met a conflict that is not the idempotency key.');
  if (createdMediaId !== undefined) await transaction.delete(media).where(eq(media.id, createdMediaId));
  return {
    transcription,
    existing: true,
    unusedStorageKey: 'existingId' in args.media ? undefined : args.media.storageKey,
  };
}
