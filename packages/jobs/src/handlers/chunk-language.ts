import { and, asc, eq, sql } from 'drizzle-orm';
import { segments, windows, type Queryable } from '@voice-transcriber/db';
import type { ChunkClaim } from './claims.js';
import type { Window } from './commit-window.js';

/** A cough of a window does not decide. */
const DECIDING_SECONDS_MIN = 3;

/**
 * The language that a window settles for the rest of its chunk, or undefined. Detecting anew costs a second pass of the encoder for every
 * window; deciding by chunk instead of by run gives the same text however often the work was interrupted.
 */
export function decideLanguage(
  { startSeconds, endSeconds }: Pick<Window, 'startSeconds' | 'endSeconds'>,
  language: string | undefined,
  segmentCount: number,
): string | undefined {
  return endSeconds - startSeconds >= DECIDING_SECONDS_MIN && segmentCount > 0 ? language : undefined;
}

/** What an earlier run of this chunk settled. */
export async function findChunkLanguage(db: Queryable, { chunk }: ChunkClaim): Promise<string | undefined> {
  const [row] = await db
    .select({ language: windows.language })
    .from(windows)
    .where(
      and(
        eq(windows.chunkId, chunk.id),
        sql`${windows.committedAt} is not null and ${windows.language} is not null`,
        sql`${windows.endSeconds} - ${windows.startSeconds} >= ${DECIDING_SECONDS_MIN}`,
        sql`exists (select from ${segments} where ${segments.transcriptionId} = ${windows.transcriptionId} and ${segments.windowIndex} = ${windows.index})`,
      ),
    )
    .orderBy(asc(windows.index))
    .limit(1);
  return row?.language ?? undefined;
}
