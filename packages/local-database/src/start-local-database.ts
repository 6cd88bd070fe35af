import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { prepareBinaries } from './binaries.js';
import { locateCluster, prepareDirectory, recordedLocation } from './cluster-location.js';
import { lockDirectory } from './directory-lock.js';
import { endWithThisProcess } from './end-with-this-process.js';
import { LocalDatabaseError } from './errors.js';
import { findFreePort } from './free-port.js';
import { DATABASE_USER, ensureCluster } from './initialise-cluster.js';
import { endLeftovers, endServer } from './leftovers.js';
import type { LocalDatabaseLogger } from './local-database-logger.js';
import {
  type ServerExit,
  type ServerOptions,
  type ServerProcess,
  spawnServer,
  waitUntilReady,
} from './server-process.js';
import { resolveAccount } from './system-account.js';

const DATABASE_NAME = 'voice_transcriber';
/** Recovery after a crash replays at most max_wal_size (1 GB by default), which a slow disk does in this time. */
const READY_MILLISECONDS = 120_000;
const START_ATTEMPTS = 5;

export interface LocalDatabaseOptions {
  /** Holds the cluster, its password and its lock. Created when missing. */
  directory: string;
  /** TCP port on 127.0.0.1. Any free one when absent. */
  port?: number;
  /** False gives up safety against power cuts for speed: for tests only. */
  durable?: boolean;
  logger: LocalDatabaseLogger;
}

export interface LocalDatabase {
  /** Connection string of the application's database, password included. */
  url: string;
  port: number;
  pid: number;
  /** Resolves when the server process is gone, whoever ended it. */
  exited: Promise<ServerExit>;
  /** Fast shutdown: open transactions are rolled back. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts the packaged PostgreSQL on a data directory of its own, which is created at the first start and keeps its data
 * across restarts, kill -9 of the server and kill -9 of this process. The server ends when this process ends.
 *
 * Throws LocalDatabaseError: 'directory-in-use' when a living process has the directory, 'version-mismatch' when
 * another PostgreSQL release made it, and so on.
 */
export async function startLocalDatabase(options: LocalDatabaseOptions): Promise<LocalDatabase> {
  const { directory, logger, durable = true } = options;
  await prepareDirectory(directory);
  const lock = await lockDirectory(directory);
  try {
    const account = await resolveAccount(await recordedLocation(directory));
    const binaries = await prepareBinaries(account);
    const located = await locateCluster(directory, account);
    await mkdir(dirname(located), { recursive: true, mode: 0o711 });
    // Compared with the working directories of processes, which the system reports without symbolic links.
    const clusterDirectory = join(await realpath(dirname(located)), 'cluster');
    const password = await ensureCluster({ directory, clusterDirectory, account, binaries, durable });
    await endLeftovers(clusterDirectory, logger);
    const server = await startServer({ binaries, account, clusterDirectory, durable, logger }, options.port);
    const exited = server.exited.then(async (exit) => {
      await lock.release();
      return exit;
    });
    const stop = async (): Promise<void> => {
      await endServer(server.pid);
      await exited;
    };
    try {
      const url = `postgres://${DATABASE_USER}:${password}@127.0.0.1:${String(server.port)}/`;
      await ensureDatabase(url);
      logger.info(
        `PostgreSQL ${String(binaries.majorVersion)} is ready on 127.0.0.1:${String(server.port)} (process ${String(server.pid)}).`,
      );
      return { url: `${url}${DATABASE_NAME}`, port: server.port, pid: server.pid, exited, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Starts the server under guard. A port that was taken in the meantime, or memory that a killed server still holds, is tried again. */
async function startServer(
  options: Omit<ServerOptions, 'port'>,
  wantedPort: number | undefined,
): Promise<ServerProcess & { port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wantedPort ?? (await findFreePort());
    const server = spawnServer({ ...options, port });
    const guard = endWithThisProcess({
      pid: server.pid,
      signal: 'INT',
      graceSeconds: 30,
      pidFile: join(options.clusterDirectory, 'postmaster.pid'),
    });
    void server.exited.then(() => {
      guard.dismiss();
    });
    try {
      await waitUntilReady(server, options.clusterDirectory, READY_MILLISECONDS);
      return { ...server, port };
    } catch (error) {
      await endServer(server.pid);
      if (attempt === START_ATTEMPTS || !isPassing(server.lastLines(), wantedPort)) throw error;
      await delay(200 * attempt);
    }
  }
}

function isPassing(lines: string, wantedPort: number | undefined): boolean {
  if (/pre-existing shared memory|lock file .* already exists/i.test(lines)) return true;
  return wantedPort === undefined && /could not (bind|create any TCP)/i.test(lines);
}

async function ensureDatabase(serverUrl: string): Promise<void> {
  const sql = postgres(`${serverUrl}postgres`, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    const found = await sql`select from pg_database where datname = ${DATABASE_NAME}`;
    if (found.length === 0) await sql`create database ${sql(DATABASE_NAME)}`;
  } catch (cause) {
    throw new LocalDatabaseError('start-failed', `PostgreSQL started but refused its own program: ${String(cause)}`, {
      cause,
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}
