import { and, count, desc, getTableColumns, inArray, sql, type SQL } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { TRANSCRIPTION_STATES, transcriptions, type TranscriptionState } from '../schema/index.js';
import { matchTranscriptions, type TranscriptionFilter } from './transcription-filter.js';

const { text: _text, ...columnsWithoutText } = getTableColumns(transcriptions);

/** A transcription without its whole text, which may be megabytes and is read on its own. */
export type TranscriptionSummary = Omit<typeof transcriptions.$inferSelect, 'text'>;

/** Place in the list, newest first. Microseconds as text: a JavaScript date would lose the last digits and with them rows at a page's border. */
export interface TranscriptionCursor {
  readonly createdAt: string;
  readonly id: string;
}

export interface ListedTranscription {
  readonly transcription: TranscriptionSummary;
  readonly cursor: TranscriptionCursor;
}

const createdAtText = sql<string>`to_char(${transcriptions.createdAt} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const place = sql`(${transcriptions.createdAt}, ${transcriptions.id})`;

/** One page, newest first. With `backward` the `limit` rows nearest before `before`, still newest first. */
export async function listTranscriptions(
  db: Queryable,
  args: {
    readonly states?: readonly TranscriptionState[];
    readonly filter?: TranscriptionFilter;
    readonly after?: TranscriptionCursor;
    readonly before?: TranscriptionCursor;
    readonly limit: number;
    readonly backward?: boolean;
  },
): Promise<ListedTranscription[]> {
  // As the index has it, nulls included: else it would not be read in order.
  const direction = args.backward === true ? sql`asc nulls first` : sql`desc nulls last`;
  const rows = await db
    .select({ transcription: columnsWithoutText, createdAt: createdAtText })
    .from(transcriptions)
    .where(
      and(
        matchStatesAndFilter(args),
        args.after && sql`${place} < (${args.after.createdAt}::timestamptz, ${args.after.id}::uuid)`,
        args.before && sql`${place} > (${args.before.createdAt}::timestamptz, ${args.before.id}::uuid)`,
      ),
    )
    .orderBy(sql`${transcriptions.createdAt} ${direction}, ${transcriptions.id} ${direction}`)
    .limit(args.limit);
  const listed = rows.map(({ transcription, createdAt }) => ({
    transcription,
    cursor: { createdAt, id: transcription.id },
  }));
  return args.backward === true ? listed.reverse() : listed;
}

interface Selection {
  readonly states?: readonly TranscriptionState[];
  readonly filter?: TranscriptionFilter;
}

function matchStatesAndFilter({ states, filter = {} }: Selection): SQL | undefined {
  return and(states && inArray(transcriptions.state, [...states]), matchTranscriptions(filter));
}

export async function countTranscriptions(db: Queryable, args: Selection): Promise<number> {
  const [row] = await db.select({ count: count() }).from(transcriptions).where(matchStatesAndFilter(args));
  return row?.count ?? 0;
}

/** How many are in each state, in the order of a life, zeros included. */
export async function countTranscriptionsByState(
  db: Queryable,
  args: { readonly filter: TranscriptionFilter },
): Promise<{ readonly state: TranscriptionState; readonly count: number }[]> {
  const rows = await db
    .select({ state: transcriptions.state, count: count() })
    .from(transcriptions)
    .where(matchTranscriptions(args.filter))
    .groupBy(transcriptions.state);
  const counts = new Map(rows.map((row) => [row.state, row.count]));
  return TRANSCRIPTION_STATES.map((state) => ({ state, count: counts.get(state) ?? 0 }));
}

export async function findTranscriptionSummaries(
  db: Queryable,
  args: { readonly ids: readonly string[] },
): Promise<TranscriptionSummary[]> {
  if (args.ids.length === 0) return [];
  return db
    .select(columnsWithoutText)
    .from(transcriptions)
    .where(inArray(transcriptions.id, [...args.ids]))
    .orderBy(desc(transcriptions.createdAt));
}

/** The whole text of each; null until it is finished. */
export async function findTranscriptionTexts(
  db: Queryable,
  args: { readonly ids: readonly string[] },
): Promise<{ readonly id: string; readonly text: string | null }[]> {
  return db
    .select({ id: transcriptions.id, text: transcriptions.text })
    .from(transcriptions)
    .where(inArray(transcriptions.id, [...args.ids]));
}

/** Which transcriptions have changed lately: what a follower that lost the database for a while has to look at again. */
export async function listRecentlyChangedIds(
  db: Queryable,
  args: { readonly seconds: number; readonly limit: number },
): Promise<string[]> {
  const rows = await db
    .select({ id: transcriptions.id })
    .from(transcriptions)
    .where(sql`${transcriptions.updatedAt} > now() - make_interval(secs => ${args.seconds}::float8)`)
    .orderBy(desc(transcriptions.updatedAt))
    .limit(args.limit);
  return rows.map(({ id }) => id);
}
