import { join } from 'node:path';
import { setInterval as every } from 'node:timers/promises';
import { loadConfig } from '@voice-transcriber/config';
import { migrate } from '@voice-transcriber/db';
import { createLogger } from '@voice-transcriber/telemetry';
import { startApiServer } from './api-server.js';
import { requireDatabaseUrl } from './database-url.js';
import { removeStaleSpoolFiles, useSpoolDirectory } from './http/spool-directory.js';
import { openServices } from './services.js';

/** The API process. Says `{"ready":true,"url":…}` on standard output; on SIGTERM drains and exits 0. */
const SPOOL_STALE_SECONDS = 3600;
const EXIT_MILLISECONDS_MAX = 25_000;

const config = loadConfig();
const logger = createLogger({
  level: config.logging.level,
  name: 'api',
  instanceId: config.instanceId,
  performanceMetrics: config.logging.performanceMetrics,
});

try {
  const databaseUrl = requireDatabaseUrl(config);
  const spoolDirectory = join(config.dataDirectory, 'spool');
  await useSpoolDirectory(spoolDirectory);
  await migrate(databaseUrl);
  const { services, dispose } = await openServices({ config, databaseUrl, logger });
  const server = await startApiServer(services);
  const stopping = new AbortController();
  const janitor = keepSpoolClean(spoolDirectory, stopping.signal);

  const stop = async (): Promise<void> => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    setTimeout(() => process.exit(1), EXIT_MILLISECONDS_MAX).unref();
    await server.close();
    await dispose();
    await janitor;
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop().catch(fail));

  process.stdout.write(`${JSON.stringify({ ready: true, url: server.url })}\n`);
} catch (error) {
  fail(error);
}

async function keepSpoolClean(directory: string, signal: AbortSignal): Promise<void> {
  const clean = async (): Promise<void> => {
    try {
      const removed = await removeStaleSpoolFiles(directory, { olderThanSeconds: SPOOL_STALE_SECONDS });
      if (removed > 0) logger.info({ removed }, 'Removed spool files of broken uploads');
    } catch (error) {
      logger.warn({ error }, 'The spool directory could not be cleaned');
    }
  };
  await clean();
  try {
    for await (const _tick of every(config.jobs.cleanupIntervalSeconds * 1000, undefined, { signal, ref: false })) {
      await clean();
    }
  } catch {
    // Aborted: the process is ending.
  }
}

function fail(error: unknown): never {
  logger.fatal({ error }, error instanceof Error ? error.message : 'The API cannot run');
  process.exit(1);
}
