import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { segmentColumns, segments, transcriptions } from '../schema/index.js';
import type { SegmentRow } from './transcript-reads.js';
import { matchTranscriptions, namesAWord, toWords, type TranscriptionFilter } from './transcription-filter.js';
import type { TranscriptionSummary } from './transcription-lists.js';

/** Place in the hits: best first, then the newest recording, then in the order in which it was said. */
export interface SearchCursor {
  readonly rank: number;
  readonly createdSeconds: number;
  readonly startSeconds: number;
  readonly id: string;
}

export interface SearchHit {
  readonly segment: SegmentRow;
  readonly transcription: TranscriptionSummary;
  readonly rank: number;
  readonly headline: readonly HeadlinePart[];
  readonly cursor: SearchCursor;
}

export interface HeadlinePart {
  readonly text: string;
  /** Whether it is one of the words that were looked for. */
  readonly match: boolean;
}

const { text: _text, ...transcriptionColumns } = getTableColumns(transcriptions);
/** Control characters that no transcript holds: unlike tags they cannot be mistaken for text. */
const MATCH_START = '\u0002';
const MATCH_END = '\u0003';
const HEADLINE_OPTIONS = `HighlightAll=true, StartSel="${MATCH_START}", StopSel="${MATCH_END}"`;

/** One page of the segments that hold what was looked for, as a search engine takes it: `"hello world" -bye or good`. */
export async function searchSegments(
  db: Queryable,
  args: {
    readonly query: string;
    /** ISO 639-1, of the segment. */
    readonly language?: string | undefined;
    readonly filter?: TranscriptionFilter | undefined;
    readonly after?: SearchCursor | undefined;
    readonly limit: number;
  },
): Promise<SearchHit[]> {
  const { query, language, filter = {}, after, limit } = args;
  const wanted = toWords(query);
  const rank = sql<number>`ts_rank(${segments.search}, ${wanted})::float8`;
  const createdSeconds = sql<number>`extract(epoch from ${transcriptions.createdAt})::float8`;
  const place = sql`(-${rank}, -${createdSeconds}, ${segments.startSeconds}, ${segments.id})`;
  const rows = await db
    .select({
      segment: segmentColumns,
      transcription: transcriptionColumns,
      rank,
      createdSeconds,
      // Computed for the rows of the page alone: the order does not need it.
      headline: sql<string>`ts_headline('simple', ${segments.text}, ${wanted}, ${HEADLINE_OPTIONS})`,
    })
    .from(segments)
    .innerJoin(transcriptions, eq(transcriptions.id, segments.transcriptionId))
    .where(
      and(
        sql`${segments.search} @@ ${wanted}`,
        namesAWord(query),
        language === undefined
          ? undefined
          : eq(sql`coalesce(${segments.language}, ${transcriptions.language})`, language),
        matchTranscriptions(filter),
        after &&
          sql`${place} > (${-after.rank}::float8, ${-after.createdSeconds}::float8, ${after.startSeconds}::float8, ${after.id}::uuid)`,
      ),
    )
    .orderBy(sql`-${rank}, -${createdSeconds}, ${segments.startSeconds}, ${segments.id}`)
    .limit(limit);
  return rows.map(({ segment, transcription, headline, ...found }) => ({
    segment,
    transcription,
    rank: found.rank,
    headline: splitHeadline(headline),
    cursor: { ...found, startSeconds: segment.startSeconds, id: segment.id },
  }));
}

function splitHeadline(headline: string): HeadlinePart[] {
  return headline.split(MATCH_START).flatMap((piece, index) => {
    if (index === 0) return piece === '' ? [] : [{ text: piece, match: false }];
    const [matched = '', rest = ''] = piece.split(MATCH_END);
    return [{ text: matched, match: true }, ...(rest === '' ? [] : [{ text: rest, match: false }])];
  });
}
