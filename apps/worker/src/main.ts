import { ConfigError, loadConfig, type Config } from '@voice-transcriber/config';
import { isTransientDatabaseError } from '@voice-transcriber/jobs/handlers';
import { createLogger, type Logger } from '@voice-transcriber/telemetry';
import { startWorker, type Worker } from './worker.js';

/** Drain plus a margin: whoever hangs longer is ended. */
const STOP_MILLISECONDS_MAX = 21_000;

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
}

/** Returns what else ends the worker in the same way. */
function handleSignals(worker: Promise<Worker>, logger: Logger): () => void {
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals | 'administrator'): void => {
    if (signal !== 'administrator') signals += 1;
    // Inference processes end with this one.
    if (signals > 1) process.exit(1);
    logger.info({ signal }, 'Stopping.');
    setTimeout(() => process.exit(1), STOP_MILLISECONDS_MAX).unref();
    worker
      .then((started) => started.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'The worker did not stop cleanly.');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return () => onSignal('administrator');
}

/** A database that goes away must not end the process: everything that needs it tries again. Anything else is a bug: end, be restarted. */
function handleStrayErrors(logger: Logger): void {
  const onError = (error: unknown): void => {
    if (isTransientDatabaseError(error))
      return logger.warn({ err: error }, 'The database went away in the middle of something.');
    logger.fatal({ err: error }, 'An unexpected error ends this worker.');
    process.exit(1);
  };
  process.on('unhandledRejection', onError);
  process.on('uncaughtException', onError);
}

const config = readConfig();
const logger = createLogger({
  level: config.logging.level,
  name: 'worker',
  instanceId: config.instanceId,
  performanceMetrics: config.logging.performanceMetrics,
});
handleStrayErrors(logger);
if (config.databaseUrl === undefined) {
  process.stderr.write(
    'DATABASE_URL is not set. Set it to a PostgreSQL address, or run `npm start`, which brings its own database.\n',
  );
  process.exit(78);
}
const requests: { stop?: () => void } = {};
const starting = startWorker(config, {
  databaseUrl: config.databaseUrl,
  logger,
  onStopRequest: () => requests.stop?.(),
});
requests.stop = handleSignals(starting, logger);
try {
  const { workerId, healthPort } = await starting;
  process.stdout.write(`${JSON.stringify({ ready: true, workerId, healthPort })}\n`);
} catch (error) {
  logger.fatal({ err: error }, 'The worker could not start.');
  process.exit(1);
}
