import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { LocalDatabaseError } from './errors.js';
import { readPostmasterFile } from './leftovers.js';
import type { LocalDatabaseLogger } from './local-database-logger.js';
import { PROGRAM_ENVIRONMENT } from './run-program.js';
import type { Account } from './account.js';

export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ServerOptions {
  binaries: Binaries;
  account: Account | undefined;
  clusterDirectory: string;
  port: number;
  durable: boolean;
  logger: LocalDatabaseLogger;
}

export interface ServerProcess {
  pid: number;
  exited: Promise<ServerExit>;
  /** The last lines that the server wrote. */
  lastLines(): string;
}

const LINES_KEPT = 20;

export function spawnServer({
  binaries,
  account,
  clusterDirectory,
  port,
  durable,
  logger,
}: ServerOptions): ServerProcess {
  const child = spawn(binaries.postgres, ['-D', clusterDirectory, ...serverSettings(port, durable)], {
    ...(account && { uid: account.uid, gid: account.gid }),
    cwd: '/',
    env: PROGRAM_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > LINES_KEPT) lines.shift();
    logServerLine(logger, line);
  });
  if (child.pid === undefined)
    throw new LocalDatabaseError('start-failed', `${binaries.postgres} could not be started.`);
  return { pid: child.pid, exited: waitForExit(child), lastLines: () => lines.join('\n') };
}

/** Resolves when the server takes connections; throws when it ends before, or recovery takes longer than the limit. */
export async function waitUntilReady(
  server: ServerProcess,
  clusterDirectory: string,
  timeoutMilliseconds: number,
): Promise<void> {
  let exit: ServerExit | undefined;
  void server.exited.then((ended) => (exit = ended));
  const end = Date.now() + timeoutMilliseconds;
  while (Date.now() < end) {
    const file = await readPostmasterFile(clusterDirectory);
    if (file?.pid === server.pid && file.status === 'ready') return;
    if (exit) throw new LocalDatabaseError('start-failed', `PostgreSQL ended while starting: ${server.lastLines()}`);
    await delay(20);
  }
  throw new LocalDatabaseError(
    'start-failed',
    `PostgreSQL was not ready after ${String(timeoutMilliseconds / 1000)} s: ${server.lastLines()}`,
  );
}

function serverSettings(port: number, durable: boolean): string[] {
  const settings: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    // No socket file: its directory would be one more place that has to be writable, and its path is limited to 107 bytes.
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    // A client that vanished with an open transaction holds back every cursor over events: see packages/events.
    idle_in_transaction_session_timeout: '60s',
    // Commits stay synchronous in tests too: a killed server must not lose what it confirmed, only a power cut may.
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', shared_buffers: '64MB' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]);
}

function logServerLine(logger: LocalDatabaseLogger, line: string): void {
  if (/\b(PANIC|FATAL):/.test(line)) logger.warn(line);
  else logger.debug(line);
}

async function waitForExit(child: ChildProcess): Promise<ServerExit> {
  return new Promise((resolve) => {
    child.once('error', () => {
      resolve({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}
