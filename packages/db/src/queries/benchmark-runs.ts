import { and, asc, count, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Queryable } from '../client.js';
import { benchmarkResults, benchmarkRuns, type StoredBenchmarkOrder } from '../schema/index.js';

export type BenchmarkRunRow = typeof benchmarkRuns.$inferSelect;
export type BenchmarkResultRow = typeof benchmarkResults.$inferSelect;

export async function insertBenchmarkRun(
  db: Queryable,
  { order }: { readonly order: StoredBenchmarkOrder },
): Promise<BenchmarkRunRow> {
  const [row] = await db.insert(benchmarkRuns).values({ order }).returning();
  if (row === undefined) throw new Error('An insert came back without its row.');
  return row;
}

export async function findBenchmarkRuns(
  db: Queryable,
  { ids }: { readonly ids: readonly string[] },
): Promise<BenchmarkRunRow[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(benchmarkRuns)
    .where(inArray(benchmarkRuns.id, [...ids]));
}

/** Place in the list, newest first; the time as text, because a JavaScript date would lose microseconds. */
export interface BenchmarkCursor {
  readonly createdAt: string;
  readonly id: string;
}

/** One page, newest first, each with its place. */
export async function listBenchmarkRuns(
  db: Queryable,
  { after, limit }: { readonly after?: BenchmarkCursor | undefined; readonly limit: number },
): Promise<{ readonly run: BenchmarkRunRow; readonly cursor: BenchmarkCursor }[]> {
  const rows = await db
    .select({
      run: benchmarkRuns,
      createdAt: sql<string>`to_char(${benchmarkRuns.createdAt} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    })
    .from(benchmarkRuns)
    .where(
      after &&
        sql`(${benchmarkRuns.createdAt}, ${benchmarkRuns.id}) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`,
    )
    .orderBy(desc(benchmarkRuns.createdAt), desc(benchmarkRuns.id))
    .limit(limit);
  return rows.map(({ run, createdAt }) => ({ run, cursor: { createdAt, id: run.id } }));
}

export async function countBenchmarkRuns(db: Queryable): Promise<number> {
  const [row] = await db.select({ count: count() }).from(benchmarkRuns);
  return row?.count ?? 0;
}

/** Results of some runs, each run's in the order of its matrix. */
export async function listBenchmarkResults(
  db: Queryable,
  { runIds }: { readonly runIds: readonly string[] },
): Promise<BenchmarkResultRow[]> {
  if (runIds.length === 0) return [];
  return db
    .select()
    .from(benchmarkResults)
    .where(inArray(benchmarkResults.runId, [...runIds]))
    .orderBy(asc(benchmarkResults.runId), asc(benchmarkResults.index));
}

/** What a run is compared with when nothing is named: the baseline, else the newest completed one before it. */
export async function findBenchmarkBaseline(db: Queryable, run: BenchmarkRunRow): Promise<BenchmarkRunRow | undefined> {
  const [row] = await db
    .select()
    .from(benchmarkRuns)
    .where(
      and(
        ne(benchmarkRuns.id, run.id),
        sql`(${benchmarkRuns.isBaseline} or (${benchmarkRuns.state} = 'completed' and ${benchmarkRuns.createdAt} < (select created_at from benchmark_runs where id = ${run.id})))`,
      ),
    )
    .orderBy(desc(benchmarkRuns.isBaseline), desc(benchmarkRuns.createdAt))
    .limit(1);
  return row;
}

/** Makes a run the one that others are compared with. False when there is no such run. */
export async function setBenchmarkBaseline(db: Queryable, { id }: { readonly id: string }): Promise<boolean> {
  // The new one's row is written after the old one's: at no moment there are two.
  await db
    .update(benchmarkRuns)
    .set({ isBaseline: false, revision: sql`${benchmarkRuns.revision} + 1` })
    .where(and(benchmarkRuns.isBaseline, ne(benchmarkRuns.id, id)));
  const rows = await db
    .update(benchmarkRuns)
    .set({ isBaseline: true, revision: sql`${benchmarkRuns.revision} + 1` })
    .where(eq(benchmarkRuns.id, id))
    .returning({ id: benchmarkRuns.id });
  return rows.length > 0;
}

/** Transcriptions that are being worked on now: what would disturb a benchmark, and be disturbed by it. */
export async function countRunningTranscriptions(db: Queryable): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from transcriptions where state in ('preparing', 'transcribing', 'finishing')`,
  );
  return row?.count ?? 0;
}
