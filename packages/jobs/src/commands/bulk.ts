import { and, inArray, ne, notInArray, sql, type SQL } from 'drizzle-orm';
import {
  matchTranscriptions,
  TERMINAL_STATES,
  transcriptions,
  type Database,
  type Transaction,
  type TranscriptionFilter,
  type TranscriptionPriority,
} from '@voice-transcriber/db';
import { isTransientDatabaseError } from '../handlers/database-retry.js';
import { cancelTranscription } from './cancel-transcription.js';
import { deleteTranscription } from './delete-transcription.js';
import type { CommandFailure } from './outcome.js';
import { retryTranscription } from './retry-transcription.js';
import { setTranscriptionPriority } from './set-priority.js';

/** Rows that are locked together: few enough for others not to wait, and for a worker's commit not to lose its lease. */
const BATCH_SIZE = 25;
/** Deadlocks and serialisation failures: the batch was rolled back as a whole and is begun again. */
const TRIES_MAX = 3;
/** More are counted, not listed. */
const REFUSALS_MAX = 100;

/** Row ids, or all that a filter lets through. */
export type BulkSelection = { readonly ids: readonly string[] } | { readonly filter: TranscriptionFilter };

export type BulkCommand =
  | { readonly kind: 'cancel' }
  | { readonly kind: 'retry'; readonly model?: string | undefined }
  | { readonly kind: 'delete' }
  | { readonly kind: 'set-priority'; readonly priority: TranscriptionPriority };

export interface BulkRefusal {
  readonly id: string;
  readonly failure: CommandFailure;
}

export interface BulkOutcome {
  /** Transcriptions that the selection named and the command is for. */
  readonly matched: number;
  readonly changed: number;
  readonly refused: readonly BulkRefusal[];
  readonly refusedCount: number;
  /** Not looked at before the time was over: the same command goes on with them. */
  readonly remaining: number;
}

/** What one transaction of it did. */
export interface BulkBatch {
  readonly changedIds: readonly string[];
  readonly refused: readonly BulkRefusal[];
  readonly storageKeys: readonly string[];
}

/**
 * Does one command to many transcriptions, in small batches of a transaction each: what a batch did stays, whatever comes after it. A filter selects
 * only what the command is for (nothing that has ended is cancelled, nothing that runs is tried again) and what was there when it began; ids are all
 * tried, and those that cannot be are told with the reason. Stops between two batches when `secondsMax` are over.
 *
 * Commands run in savepoints, so that a refusal undoes nothing of its neighbours. Within a batch rows are locked in the order of their ids: two bulk
 * commands at once wait for each other instead of locking each other out.
 */
export async function runBulkCommand(
  db: Database,
  options: {
    readonly selection: BulkSelection;
    readonly command: BulkCommand;
    readonly secondsMax: number;
    /** Blobs that nothing refers to any more, after the commit of their batch. */
    readonly onUnusedBlobs: (storageKeys: readonly string[]) => Promise<void>;
  },
): Promise<BulkOutcome> {
  const { selection, command, secondsMax, onUnusedBlobs } = options;
  const deadline = performance.now() + secondsMax * 1000;
  const ids = await readSelection(db, selection, command);
  const refused: BulkRefusal[] = [];
  let changed = 0;
  let refusedCount = 0;
  let done = 0;
  while (done < ids.length && performance.now() < deadline) {
    const batch = ids.slice(done, done + BATCH_SIZE);
    const result = await runBatch(db, batch, command);
    done += batch.length;
    changed += result.changedIds.length;
    refusedCount += result.refused.length;
    refused.push(...result.refused.slice(0, REFUSALS_MAX - refused.length));
    if (result.storageKeys.length > 0) await onUnusedBlobs(result.storageKeys);
  }
  return { matched: ids.length, changed, refused, refusedCount, remaining: ids.length - done };
}

/** Ids alone, 16 bytes each: a hundred thousand of them are nothing. Newest first, as lists show them. */
async function readSelection(db: Database, selection: BulkSelection, command: BulkCommand): Promise<string[]> {
  if ('ids' in selection) return [...new Set(selection.ids)];
  const rows = await db.orm
    .select({ id: transcriptions.id })
    .from(transcriptions)
    .where(and(matchTranscriptions(selection.filter), isFor(command)))
    .orderBy(sql`${transcriptions.createdAt} desc nulls last, ${transcriptions.id} desc nulls last`);
  return rows.map(({ id }) => id);
}

function isFor(command: BulkCommand): SQL | undefined {
  const isOpen = notInArray(transcriptions.state, [...TERMINAL_STATES]);
  switch (command.kind) {
    case 'cancel':
      return isOpen;
    case 'retry':
      return inArray(transcriptions.state, [...TERMINAL_STATES]);
    case 'set-priority':
      return and(isOpen, ne(transcriptions.priority, command.priority));
    case 'delete':
      return undefined;
  }
}

async function runBatch(db: Database, ids: readonly string[], command: BulkCommand): Promise<BulkBatch> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.orm.transaction((transaction) => runInside(db, transaction, [...ids].sort(), command));
    } catch (error) {
      if (attempt === TRIES_MAX || !isTransientDatabaseError(error)) throw error;
    }
  }
}

async function runInside(
  db: Database,
  transaction: Transaction,
  ids: readonly string[],
  command: BulkCommand,
): Promise<BulkBatch> {
  // A transaction begun on a transaction is a savepoint.
  const inner: Database = { ...db, orm: transaction };
  const changedIds: string[] = [];
  const refused: BulkRefusal[] = [];
  const storageKeys: string[] = [];
  for (const id of ids) {
    const outcome = await runOne(inner, id, command);
    if (!outcome.ok) refused.push({ id, failure: outcome });
    else {
      changedIds.push(id);
      if ('storageKeys' in outcome) storageKeys.push(...outcome.storageKeys);
    }
  }
  return { changedIds, refused, storageKeys };
}

function runOne(db: Database, id: string, command: BulkCommand) {
  switch (command.kind) {
    case 'cancel':
      return cancelTranscription(db, { id });
    case 'retry':
      return retryTranscription(db, { id, model: command.model });
    case 'delete':
      return deleteTranscription(db, { id });
    case 'set-priority':
      return setTranscriptionPriority(db, { id, priority: command.priority });
  }
}
