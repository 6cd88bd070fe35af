import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { endTransactionsWithConnection } from './end-transactions-with-connection.js';
import * as schema from './schema/index.js';

export type Orm = PostgresJsDatabase<typeof schema>;
/** What the callback of `orm.transaction` is given. */
export type Transaction = Parameters<Parameters<Orm['transaction']>[0]>[0];
/** Either: for queries that do not care whether they run inside a transaction. */
export type Queryable = Orm | Transaction;

export interface Database {
  readonly orm: Orm;
  /**
   * The driver below `orm`, on the same pool. Drizzle takes over its date and JSON conversion: here timestamps are strings,
   * and JSON parameters must be strings.
   */
  readonly sql: postgres.Sql;
  /** Ends all connections. Idempotent. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Default 10. */
  readonly connectionsMax?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: Parameters<typeof connectionOptions>[0];
  /** One connection that is not renewed while it lasts: for locks that belong to the session. */
  readonly isOneSession?: boolean;
}

/** No statement of ours may take longer; the server ends it. */
export const STATEMENT_SECONDS_MAX = 10;

/** A process that says nothing for so long inside a transaction loses its session: its locks must be gone before its leases end. */
export const CLIENT_SILENT_SECONDS_MAX = 5;

/** The names of all our sessions in pg_stat_activity begin with it. */
export const APPLICATION_NAME_PREFIX = 'voice-transcriber';

/** What a search for a frequent word notes while it runs: the server's default of 4 MB lasts for half a gigabyte of rows, and behind that it reads each text again. */
const SEARCH_MEMORY = '32MB';

/** When the server takes a machine that does not answer for gone: 15 + 3 × 5 seconds, where the system's default is two hours. */
const KEEPALIVE_SECONDS = 15;
const KEEPALIVE_INTERVAL_SECONDS = 5;
const KEEPALIVE_COUNT = 3;

/** What every connection of the product is opened with. Reconnects within a second, for a database that comes back is used at once. */
export function connectionOptions(
  applicationName: `${typeof APPLICATION_NAME_PREFIX}${string}`,
): postgres.Options<Record<string, never>> {
  return {
    connect_timeout: 5,
    backoff: (attempt: number) => Math.min(0.1 * 2 ** attempt, 1),
    keep_alive: KEEPALIVE_SECONDS,
    onnotice: () => undefined,
    connection: {
      application_name: applicationName,
      statement_timeout: STATEMENT_SECONDS_MAX * 1000,
      work_mem: SEARCH_MEMORY,
      idle_in_transaction_session_timeout: CLIENT_SILENT_SECONDS_MAX * 1000,
      tcp_keepalives_idle: KEEPALIVE_SECONDS,
      tcp_keepalives_interval: KEEPALIVE_INTERVAL_SECONDS,
      tcp_keepalives_count: KEEPALIVE_COUNT,
    },
  };
}

/** Opens a pool; nothing is connected before the first query. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const client = postgres(url, {
    ...connectionOptions(options.applicationName ?? APPLICATION_NAME_PREFIX),
    ...(options.isOneSession ? { max: 1, max_lifetime: null } : { max: options.connectionsMax ?? 10 }),
  });
  endTransactionsWithConnection(client);
  let closed: Promise<void> | undefined;
  return {
    orm: drizzle(client, { schema }),
    sql: client,
    close: () => (closed ??= client.end({ timeout: 5 })),
  };
}
