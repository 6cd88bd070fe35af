import { setTimeout as delay } from 'node:timers/promises';
import { isSchemaReady, type Database } from '@voice-transcriber/db';
import type { Logger } from '@voice-transcriber/telemetry';

const WAIT_SECONDS_MAX = 60;

/** Waits until the database answers and the migrations have run: whoever starts everything may start a worker first. */
export async function waitForSchema(db: Database, logger: Logger): Promise<void> {
  const end = performance.now() + WAIT_SECONDS_MAX * 1000;
  let problem = 'its tables are not there';
  do {
    try {
      if (await isSchemaReady(db.orm)) return;
    } catch (error) {
      problem = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      logger.info({ problem }, 'Waiting for the database.');
    }
    await delay(250);
  } while (performance.now() < end);
  throw new Error(
    `The database was not ready after ${WAIT_SECONDS_MAX} s: ${problem}. Check DATABASE_URL and run the migrations.`,
  );
}
