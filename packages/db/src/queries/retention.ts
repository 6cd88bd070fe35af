import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { settings } from '../schema/index.js';

const KEY = 'retention';

/** Days after the end of a transcription; null = for ever. */
export interface Retention {
  /** Recordings, once nothing that uses them is younger. */
  readonly keepMediaDays: number | null;
  /** Transcriptions with everything that belongs to them. */
  readonly keepTranscriptsDays: number | null;
}

export async function readRetention(db: Queryable): Promise<Retention> {
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.key, KEY));
  const { keepMediaDays, keepTranscriptsDays } = row?.value ?? {};
  return { keepMediaDays: daysOrNull(keepMediaDays), keepTranscriptsDays: daysOrNull(keepTranscriptsDays) };
}

export async function writeRetention(db: Queryable, retention: Retention): Promise<void> {
  const value = { ...retention };
  await db
    .insert(settings)
    .values({ key: KEY, value })
    .onConflictDoUpdate({ target: settings.key, set: { value, updatedAt: sql`now()` } });
}

function daysOrNull(value: unknown): number | null {
  return typeof value === 'number' && value >= 1 ? value : null;
}
