import { join } from 'node:path';
import { type LocalDatabase, startLocalDatabase } from '@voice-transcriber/local-database';
import type { ServiceLog } from './service-log.js';
import type { RunningService } from './supervise.js';

export interface RunningDatabase extends RunningService {
  url: string;
  port: number;
}

/** The local PostgreSQL as a supervised service. Restarts keep the port: API and worker know the address. */
export async function startDatabase(
  dataDirectory: string,
  log: ServiceLog,
  { port, onWarning }: { port: number | undefined; onWarning: (line: string) => void },
): Promise<RunningDatabase> {
  const write = (line: string): void => {
    log.write(line);
  };
  const warn = (line: string): void => {
    log.write(line);
    // What its clients are told when it goes away or comes back is no news; what it has itself is.
    if (/PANIC|could not/.test(line)) onWarning(line);
  };
  const database: LocalDatabase = await startLocalDatabase({
    directory: join(dataDirectory, 'postgres'),
    ...(port !== undefined && { port }),
    logger: { debug: write, info: write, warn, error: warn },
  });
  return {
    url: database.url,
    port: database.port,
    pid: database.pid,
    exited: database.exited.then(({ code, signal }) =>
      signal === null ? `ended with exit code ${String(code)}` : `was ended by ${signal}`,
    ),
    stop: () => database.stop(),
    kill: () => undefined,
  };
}
