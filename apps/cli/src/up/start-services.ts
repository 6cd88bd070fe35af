import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { childEnvironment, type Config, parseConfig } from '@voice-transcriber/config';
import { migrate } from '@voice-transcriber/db';
import { CliError } from '../cli-error.js';
import { appProgram, CONSOLE_DIRECTORY } from '../repository.js';
import { choosePorts } from './choose-ports.js';
import { logDirectoryOf } from './data-directory.js';
import { openServiceLog, type ServiceLog } from './service-log.js';
import { startDatabase } from './start-database.js';
import { startProgram } from './start-program.js';
import { type SupervisedService, supervise } from './supervise.js';

export interface Services {
  apiUrl: string;
  consoleUrl: string | undefined;
  databaseUrl: string;
  /** The environment that the services were given. */
  env: NodeJS.ProcessEnv;
  /** Stops console, API, worker and database, in this order. */
  stop(): Promise<void>;
  /** Ends everything at once, without clean-up. */
  kill(): void;
}

export interface ServicesOptions {
  config: Config;
  withConsole: boolean;
  /** Told as the parts come up, for people. */
  onStep: (text: string) => void;
  /** Warnings of the services, restarts, busy ports. */
  onNotice: (text: string) => void;
  /** Called with each part as soon as it runs, so that an interrupted start stops what is there. */
  signal: AbortSignal;
}

const API_STOP_SECONDS = 27;
const WORKER_STOP_SECONDS = 25;

/** Starts everything that serves, each part supervised. On failure, or when the signal aborts, what was started is stopped again. */
export async function startServices({
  config,
  withConsole,
  onStep,
  onNotice,
  signal,
}: ServicesOptions): Promise<Services> {
  const logs: ServiceLog[] = [];
  const openLog = async (name: string): Promise<ServiceLog> => {
    const log = await openServiceLog(logDirectoryOf(config.dataDirectory), name, (line) => {
      onNotice(`${name}: ${line}`);
    });
    logs.push(log);
    return log;
  };
  // In the order of starting; stopped in another one.
  const parts: {
    database?: SupervisedService;
    worker?: SupervisedService;
    api?: SupervisedService;
    console?: SupervisedService;
  } = {};
  const stop = async (): Promise<void> => {
    for (const name of ['console', 'api', 'worker', 'database'] as const) await parts[name]?.stop();
    for (const log of logs) await log.close();
  };
  const kill = (): void => {
    for (const name of ['console', 'api', 'worker', 'database'] as const) parts[name]?.kill();
  };
  const start = async (
    name: 'database' | 'worker' | 'api' | 'console',
    run: Parameters<typeof supervise>[0]['start'],
  ): Promise<void> => {
    signal.throwIfAborted();
    parts[name] = await supervise({ name, start: run, onRestart: onNotice, mayEnd: name === 'worker' });
  };

  try {
    let { databaseUrl } = config;
    if (databaseUrl === undefined) {
      onStep('Starting the database');
      const log = await openLog('database');
      let port: number | undefined;
      let url = '';
      await start('database', async () => {
        const database = await startDatabase(config.dataDirectory, log, {
          port,
          onWarning: (line) => {
            onNotice(`database: ${line}`);
          },
        });
        ({ port, url } = database);
        return database;
      });
      databaseUrl = url;
    }
    await migrateWithPatience(databaseUrl);

    const ports = await choosePorts(config);
    ports.notes.forEach(onNotice);
    const env = childEnvironment({
      DATABASE_URL: databaseUrl,
      DATA_DIR: config.dataDirectory,
      MODELS_DIR: config.inference.modelsDirectory,
      API_PORT: String(ports.api),
      CONSOLE_PORT: String(ports.console),
    });
    // The addresses follow from the ports, unless a person has set them.
    const { publicUrl } = parseConfig(env).api;

    onStep('Starting the API and the worker');
    const apiLog = await openLog('api');
    let apiUrl = '';
    await start('api', () =>
      startProgram({
        name: 'The API',
        program: appProgram('api', 'main.js'),
        env,
        log: apiLog,
        isReady: (line) => {
          const url = readReadyUrl(line);
          apiUrl = url ?? apiUrl;
          return url !== undefined;
        },
        readySecondsMax: 60,
        stopSecondsMax: API_STOP_SECONDS,
      }),
    );
    const workerLog = await openLog('worker');
    await start('worker', () =>
      startProgram({
        name: 'The worker',
        program: appProgram('worker', 'main.js'),
        env,
        log: workerLog,
        isReady: (line) => line.startsWith('{"ready":true'),
        readySecondsMax: 120,
        stopSecondsMax: WORKER_STOP_SECONDS,
      }),
    );

    let consoleUrl: string | undefined;
    if (withConsole) {
      onStep('Starting the console');
      const consoleLog = await openLog('console');
      const { host } = config.console;
      await start('console', () =>
        startConsole({ host, port: ports.console, env: { ...env, API_PUBLIC_URL: publicUrl }, log: consoleLog }),
      );
      consoleUrl = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${String(ports.console)}`;
    }
    signal.throwIfAborted();
    return { apiUrl, consoleUrl, databaseUrl, env, stop, kill };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startConsole({
  host,
  port,
  env,
  log,
}: {
  host: string;
  port: number;
  env: NodeJS.ProcessEnv;
  log: ServiceLog;
}) {
  if (!existsSync(join(CONSOLE_DIRECTORY, '.next', 'BUILD_ID'))) {
    throw new CliError('The console is not built. Run "npm run build", or start with "npm start", which does it.');
  }
  const program = createRequire(join(CONSOLE_DIRECTORY, 'package.json')).resolve('next/dist/bin/next');
  return await startProgram({
    name: 'The console',
    program,
    programArguments: ['start', '--hostname', host, '--port', String(port)],
    directory: CONSOLE_DIRECTORY,
    env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    log,
    isReady: (line) => line.includes('Ready in'),
    readySecondsMax: 60,
    stopSecondsMax: 5,
  });
}

const MIGRATE_ATTEMPTS = 10;

/** A database server that is still starting, as in a composition of containers, is waited for. */
async function migrateWithPatience(databaseUrl: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await migrate(databaseUrl);
      return;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      const passing = /^(ECONNREFUSED|ECONNRESET|CONNECT_TIMEOUT|57P03|ENOTFOUND|EAI_AGAIN)$/.test(code);
      const { host } = new URL(databaseUrl);
      if (!passing)
        throw new CliError(`The database at ${host} could not be brought up to date: ${String(error)}`, {
          cause: error,
        });
      if (attempt === MIGRATE_ATTEMPTS) {
        throw new CliError(`The database at ${host} cannot be reached (${code}). Start it, or correct DATABASE_URL.`, {
          cause: error,
        });
      }
      await delay(1_000);
    }
  }
}

function readReadyUrl(line: string): string | undefined {
  if (!line.startsWith('{"ready":true')) return undefined;
  return (JSON.parse(line) as { url?: string }).url;
}
