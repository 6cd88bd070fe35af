import {
  openDatabase,
  readDatabaseFacts,
  readMigrationState,
  type Database,
  type DatabaseFacts,
  type MigrationState,
} from '@voice-transcriber/db';
import { type Finding, ok, problem, warning } from './finding.js';

const VERSION_MINIMUM = 14;
const CONNECTIONS_SHARE_MAX = 0.9;
const LATENCY_SAMPLES = 15;
/** Every window is a transaction or two: at 20 ms they still cost less than the inference. */
const LATENCY_MILLISECONDS_MAX = 20;

/** Opens the database, or says why that does not work. The caller closes it. */
export async function reachDatabase(
  url: string,
  { isOwn }: { readonly isOwn: boolean },
): Promise<{ readonly database: Database } | { readonly finding: Finding }> {
  const database = openDatabase(url, { connectionsMax: 2, applicationName: 'voice-transcriber-doctor' });
  try {
    await database.sql`select 1`;
    return { database };
  } catch (error) {
    await database.close();
    const { message, code } = error as NodeJS.ErrnoException;
    const fix = isOwn ? 'Start it again with "vt up".' : 'Start PostgreSQL, or correct DATABASE_URL.';
    const measured = `${new URL(url).host} does not answer: ${message || code || 'no reason given'}`;
    return { finding: problem('database', measured, fix) };
  }
}

/** Version, latency, migrations and connections of a database that answers. */
export async function checkDatabase({ orm, sql }: Database): Promise<Finding[]> {
  const [facts, state, latency] = [
    await readDatabaseFacts(orm),
    await readMigrationState(orm),
    await medianMilliseconds(async () => {
      await sql`select 1`;
    }),
  ];
  return [judgeDatabase(facts, latency), judgeMigrations(state), judgeConnections(facts)];
}

async function medianMilliseconds(ask: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  while (times.length < LATENCY_SAMPLES) {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
  }
  return times.sort((left, right) => left - right)[Math.floor(LATENCY_SAMPLES / 2)] ?? 0;
}

export function judgeDatabase({ version }: Pick<DatabaseFacts, 'version'>, latencyMilliseconds: number): Finding {
  const measured = `PostgreSQL ${version}, a query takes ${latencyMilliseconds.toFixed(1)} ms`;
  if (Number.parseInt(version, 10) < VERSION_MINIMUM) {
    return problem('database', measured, `Use PostgreSQL ${VERSION_MINIMUM} or newer.`);
  }
  if (latencyMilliseconds <= LATENCY_MILLISECONDS_MAX) return ok('database', measured);
  const fix = 'Move the database nearer (same network, SSD), or look what keeps it busy (pg_stat_activity).';
  return warning('database', measured, fix);
}

export function judgeMigrations({ applied, pending, isNewer }: MigrationState): Finding {
  const measured = `${applied} applied, ${pending} pending`;
  if (isNewer) {
    return problem(
      'migrations',
      `${measured}; the newest is unknown here`,
      'A newer version has used it: update this one.',
    );
  }
  if (pending === 0) return ok('migrations', measured);
  return problem('migrations', measured, 'Start the API ("vt up"): it brings the schema up to date.');
}

export function judgeConnections({ connections, connectionsMax }: DatabaseFacts): Finding {
  const measured = `${connections} of ${connectionsMax} in use`;
  if (connections < connectionsMax * CONNECTIONS_SHARE_MAX) return ok('connections', measured);
  return warning('connections', measured, 'Raise max_connections of PostgreSQL, or run fewer instances.');
}
