import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
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
  readonly applicationName?: string;
  /** One connection that is not renewed while it lasts: for locks that belong to the session. */
  readonly isOneSession?: boolean;
}

/** No statement of ours may take longer; the server ends it. */
export const STATEMENT_SECONDS_MAX = 10;

/** A process that was stopped inside a transaction must not hold its locks longer than its leases. */
const IDLE_IN_TRANSACTION_SECONDS_MAX = 5;

/** What every connection of the product is opened with. Reconnects within a second, for a database that comes back is used at once. */
export function connectionOptions(applicationName: string): postgres.Options<Record<string, never>> {
  return {
    connect_timeout: 5,
    backoff: (attempt: number) => Math.min(0.1 * 2 ** attempt, 1),
    keep_alive: 15,
    onnotice: () => undefined,
    connection: {
      application_name: applicationName,
      statement_timeout: STATEMENT_SECONDS_MAX * 1000,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_SECONDS_MAX * 1000,
    },
  };
}

/** Opens a pool; nothing is connected before the first query. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const client = postgres(url, {
    ...connectionOptions(options.applicationName ?? 'voice-transcriber'),
    ...(options.isOneSession ? { max: 1, max_lifetime: null } : { max: options.connectionsMax ?? 10 }),
  });
  let closed: Promise<void> | undefined;
  return {
    orm: drizzle(client, { schema }),
    sql: client,
    close: () => (closed ??= client.end({ timeout: 5 })),
  };
}
