import { readModelSpeeds, type Database } from '@voice-transcriber/db';
import type { Logger } from '@voice-transcriber/telemetry';

const REFRESH_MILLISECONDS = 30_000;

export interface MeasuredSpeeds {
  /** Audio seconds per wall second on this host, if ever measured. */
  find(backend: string, model: string, device: string): number | undefined;
  /** Idempotent. */
  dispose(): void;
}

/** A copy of the measured speeds of this host, because choosing a candidate must not wait for the database. */
export async function loadMeasuredSpeeds({
  db,
  host,
  logger,
}: {
  db: Database;
  host: string;
  logger: Logger;
}): Promise<MeasuredSpeeds> {
  let speeds = new Map<string, number>();
  const refresh = async (): Promise<void> => {
    const rows = await readModelSpeeds(db.orm, { host });
    speeds = new Map(rows.map((row) => [[row.backend, row.model, row.device].join(' '), row.audioSecondsPerSecond]));
  };
  await refresh();
  const timer = setInterval(
    () =>
      void refresh().catch((error: unknown) => logger.debug({ err: error }, 'The measured speeds could not be read.')),
    REFRESH_MILLISECONDS,
  );
  timer.unref();
  return {
    find: (backend, model, device) => speeds.get([backend, model, device].join(' ')),
    dispose: () => clearInterval(timer),
  };
}
