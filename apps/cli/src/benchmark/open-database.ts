import { join } from 'node:path';
import type { Config } from '@voice-transcriber/config';
import { type Database, migrate, openDatabase } from '@voice-transcriber/db';
import { lockDirectory, startLocalDatabase } from '@voice-transcriber/local-database';
import { failDeadBenchmarks } from '@voice-transcriber/jobs/handlers';
import { lockDirectoryOf, prepareDataDirectory, readRunningState } from '../up/data-directory.js';

export interface OpenedDatabase {
  readonly db: Database;
  readonly databaseUrl: string;
}

/**
 * The database in which benchmarks are kept, for as long as `use` takes: the one of DATABASE_URL, else that of the server which runs on the data directory,
 * else the embedded one, started for the purpose.
 */
export async function withDatabase<Result>(
  config: Config,
  use: (opened: OpenedDatabase) => Promise<Result>,
): Promise<Result> {
  const running = await readRunningState(config.dataDirectory);
  const known = config.databaseUrl ?? (running && isAlive(running.pid) ? running.databaseUrl : undefined);
  if (known !== undefined) return useDatabase(known, use);
  await prepareDataDirectory(config.dataDirectory);
  const lock = await lockDirectory(lockDirectoryOf(config.dataDirectory));
  try {
    const server = await startLocalDatabase({
      directory: join(config.dataDirectory, 'postgres'),
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    });
    try {
      return await useDatabase(server.url, use);
    } finally {
      await server.stop();
    }
  } finally {
    await lock.release();
  }
}

async function useDatabase<Result>(
  databaseUrl: string,
  use: (opened: OpenedDatabase) => Promise<Result>,
): Promise<Result> {
  await migrate(databaseUrl);
  const db = openDatabase(databaseUrl, { connectionsMax: 2, applicationName: 'voice-transcriber-cli' });
  try {
    // Without a worker nobody else looks for them.
    await failDeadBenchmarks(db.orm);
    return await use({ db, databaseUrl });
  } finally {
    await db.close();
  }
}

const ignore = (): void => undefined;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
