import { sql } from 'drizzle-orm';
import { readRetention, type Database } from '@voice-transcriber/db';
import type { Storage } from '@voice-transcriber/storage';
import { deleteTranscription } from '../commands/delete-transcription.js';

const ROWS_PER_PASS = 500;

/** Deletes what administrators do not want to be kept any longer, at most 500 of each kind in a pass. The next pass goes on. */
export async function applyRetention({
  db,
  storage,
}: {
  readonly db: Database;
  readonly storage: Storage;
}): Promise<{ readonly oldTranscriptions: number; readonly oldRecordings: number }> {
  const { keepMediaDays, keepTranscriptsDays } = await readRetention(db.orm);
  return {
    oldTranscriptions:
      keepTranscriptsDays === null ? 0 : await removeTranscriptions({ db, storage }, keepTranscriptsDays),
    oldRecordings: keepMediaDays === null ? 0 : await removeRecordings({ db, storage }, keepMediaDays),
  };
}

interface Dependencies {
  readonly db: Database;
  readonly storage: Storage;
}

async function removeTranscriptions({ db, storage }: Dependencies, days: number): Promise<number> {
  const old = await db.orm.execute<{ id: string }>(sql`
    select id from transcriptions
    where state in ('completed', 'partial', 'failed', 'cancelled') and finished_at < now() - make_interval(days => ${days})
    order by finished_at limit ${ROWS_PER_PASS}`);
  let removed = 0;
  for (const { id } of old) {
    const deleted = await deleteTranscription(db, { id });
    if (!deleted.ok) continue;
    removed += 1;
    for (const key of deleted.storageKeys) await storage.delete(key);
  }
  return removed;
}

/** A recording is as old as the youngest of what was made of it; one that something open needs is not old. */
async function removeRecordings({ db, storage }: Dependencies, days: number): Promise<number> {
  const old = await db.orm.execute<{ storage_key: string }>(sql`
    update media set blob_deleted_at = now() where id in (
      select m.id from media m
      where m.blob_deleted_at is null and m.created_at < now() - make_interval(days => ${days})
        and not exists (select from transcriptions t where t.media_id = m.id
          and (t.state not in ('completed', 'partial', 'failed', 'cancelled') or t.finished_at >= now() - make_interval(days => ${days})))
      limit ${ROWS_PER_PASS} for update skip locked)
    returning storage_key`);
  // Who dies before the last of them leaves blobs that no row names: clean-up takes those.
  for (const { storage_key: key } of old) await storage.delete(key);
  return old.length;
}
