import { and, asc, eq, gte, inArray, lte, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { attempts, chunks, segmentColumns, segments } from '../schema/index.js';

export type SegmentRow = Omit<typeof segments.$inferSelect, 'search'>;
export type ChunkRow = typeof chunks.$inferSelect;
export type AttemptRow = typeof attempts.$inferSelect;

/** Segments in reading order. Without `limit` all of them: a three-hour transcript is a few megabytes. */
export async function listSegments(
  db: Queryable,
  args: {
    readonly transcriptionId: string;
    readonly after?: Pick<SegmentRow, 'startSeconds' | 'windowIndex' | 'index'>;
    readonly limit?: number;
  },
): Promise<SegmentRow[]> {
  const query = db
    .select(segmentColumns)
    .from(segments)
    .where(
      and(
        eq(segments.transcriptionId, args.transcriptionId),
        args.after &&
          sql`(${segments.startSeconds}, ${segments.windowIndex}, ${segments.index}) > (${args.after.startSeconds}::float8, ${args.after.windowIndex}::int, ${args.after.index}::int)`,
      ),
    )
    .orderBy(asc(segments.startSeconds), asc(segments.windowIndex), asc(segments.index));
  return args.limit === undefined ? query : query.limit(args.limit);
}

/** Segments of some windows, in reading order. */
export async function listSegmentsOfWindows(
  db: Queryable,
  args: { readonly transcriptionId: string; readonly windowIndexes: readonly number[] },
): Promise<SegmentRow[]> {
  if (args.windowIndexes.length === 0) return [];
  return db
    .select(segmentColumns)
    .from(segments)
    .where(
      and(
        eq(segments.transcriptionId, args.transcriptionId),
        // The bounds let the unique index find the rows even when the list is long.
        gte(segments.windowIndex, Math.min(...args.windowIndexes)),
        lte(segments.windowIndex, Math.max(...args.windowIndexes)),
        inArray(segments.windowIndex, [...args.windowIndexes]),
      ),
    )
    .orderBy(asc(segments.startSeconds), asc(segments.windowIndex), asc(segments.index));
}

export async function findSegments(db: Queryable, args: { readonly ids: readonly string[] }): Promise<SegmentRow[]> {
  return db
    .select(segmentColumns)
    .from(segments)
    .where(inArray(segments.id, [...args.ids]));
}

export async function listChunks(
  db: Queryable,
  args: { readonly transcriptionId: string; readonly afterIndex?: number; readonly limit: number },
): Promise<ChunkRow[]> {
  return db
    .select()
    .from(chunks)
    .where(
      and(
        eq(chunks.transcriptionId, args.transcriptionId),
        args.afterIndex === undefined ? undefined : sql`${chunks.index} > ${args.afterIndex}::int`,
      ),
    )
    .orderBy(asc(chunks.index))
    .limit(args.limit);
}

export async function findChunks(db: Queryable, args: { readonly ids: readonly string[] }): Promise<ChunkRow[]> {
  return db
    .select()
    .from(chunks)
    .where(inArray(chunks.id, [...args.ids]));
}

/** Attempts in the order in which they began. `after` is the id of the last one read. */
export async function listAttempts(
  db: Queryable,
  args: { readonly transcriptionId: string; readonly after?: string; readonly limit: number },
): Promise<AttemptRow[]> {
  return db
    .select()
    .from(attempts)
    .where(
      and(
        eq(attempts.transcriptionId, args.transcriptionId),
        args.after === undefined
          ? undefined
          : sql`(${attempts.startedAt}, ${attempts.id}) > (select started_at, id from attempts where id = ${args.after}::uuid)`,
      ),
    )
    .orderBy(asc(attempts.startedAt), asc(attempts.id))
    .limit(args.limit);
}

export async function findAttempts(db: Queryable, args: { readonly ids: readonly string[] }): Promise<AttemptRow[]> {
  return db
    .select()
    .from(attempts)
    .where(inArray(attempts.id, [...args.ids]));
}
