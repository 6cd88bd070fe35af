import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@voice-transcriber/db';
import { type LocalDatabase, startLocalDatabase } from '@voice-transcriber/local-database';
import { appProgram, createApiKey } from './create-api-key.js';
import { createProcessWatch } from './process-watch.js';
import { quietLogger } from './quiet-logger.js';
import { type Service, spawnService } from './service.js';
import { createTestDatabase } from './test-database.js';

export interface StackOptions {
  /** Added to the environment of API and workers, for example VT_EXTRA_BACKENDS or MAX_CONCURRENT_JOBS. */
  env?: Record<string, string>;
  /** Default 1. */
  workers?: number;
  /** 'own': a PostgreSQL server for this stack alone, to be killed or stopped. 'shared' (default): a database on the tests' server. */
  database?: 'shared' | 'own';
}

type DatabaseEnd = 'SIGKILL' | 'SIGQUIT';
export type ApiService = Service<{ url: string }>;
export type WorkerService = Service<{ workerId: string; healthPort: number }>;

export interface Stack {
  apiUrl: string;
  /** An administrator's key. */
  apiKey: string;
  databaseUrl: string;
  dataDirectory: string;
  api: ApiService;
  /** Killed workers keep their place until `startWorker` fills it again. */
  workers: (WorkerService | undefined)[];
  /** SIGKILL, and waits until the process is gone. */
  killWorker(index: number): Promise<void>;
  startWorker(index: number): Promise<WorkerService>;
  /** Another API process on the same database, stopped with the stack. */
  startApi(env?: Record<string, string>): Promise<ApiService>;
  /** SIGKILL (default) or SIGQUIT, its immediate shutdown, to the stack's own PostgreSQL, and a start on the same data and port. */
  killDatabase(signal?: DatabaseEnd): Promise<void>;
  /** Stops everything and removes all files. Throws when a process that descends from the stack is still there. */
  stop(): Promise<void>;
}

/** The real API and workers as processes, on an empty database and an empty data directory. */
export async function startStack({
  env = {},
  workers: workerCount = 1,
  database: kind = 'shared',
}: StackOptions = {}): Promise<Stack> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'vt-stack-'));
  await chmod(dataDirectory, 0o755);
  const watch = createProcessWatch();
  const disposals: (() => Promise<unknown>)[] = [() => rm(dataDirectory, { recursive: true, force: true })];
  const services = new Set<Service<unknown>>();
  const stop = async (): Promise<void> => {
    for (const { pid } of services) watch.note(pid);
    await Promise.all([...services].map((service) => service.stop()));
    services.clear();
    const leaked = await watch.endLeaked(5_000);
    for (const dispose of disposals.splice(0).reverse()) await dispose();
    if (leaked.length > 0) throw new Error(`Processes outlived the stack:\n${leaked.join('\n')}`);
  };

  try {
    const database = await openStackDatabase(kind, dataDirectory);
    disposals.push(() => database.dispose());
    const environment = {
      DATABASE_URL: database.url,
      DATA_DIR: dataDirectory,
      API_PORT: '0',
      LOG_LEVEL: 'INFO',
      // They would take the cores in the middle of what is measured, and a scripted backend does not hear speech.
      SELF_TEST: 'False',
      ...env,
    };
    const start = async <Ready>(name: string, path: string, extra: Record<string, string>): Promise<Service<Ready>> => {
      const service = await spawnService<Ready>({ name, program: path, env: { ...environment, ...extra } });
      services.add(service);
      void service.exited.then(() => services.delete(service));
      return service;
    };
    const startApi = (extra: Record<string, string> = {}): Promise<ApiService> =>
      start('api', appProgram('api', 'main.js'), extra);
    const startWorkerProcess = (index: number): Promise<WorkerService> =>
      start(`worker ${String(index)}`, appProgram('worker', 'main.js'), {
        INSTANCE_ID: `test-worker-${String(index)}`,
      });

    const apiKey = await createApiKey(environment);
    const [api, ...workers] = await Promise.all([
      startApi(),
      ...Array.from({ length: workerCount }, (_, index) => startWorkerProcess(index)),
    ]);
    const stack: Stack = {
      apiUrl: api.ready.url,
      apiKey,
      databaseUrl: database.url,
      dataDirectory,
      api,
      workers,
      async killWorker(index) {
        const worker = stack.workers[index];
        if (!worker) throw new Error(`Worker ${String(index)} is not running.`);
        watch.note(worker.pid);
        worker.process.kill('SIGKILL');
        await worker.exited;
        stack.workers[index] = undefined;
      },
      async startWorker(index) {
        const worker = await startWorkerProcess(index);
        stack.workers[index] = worker;
        return worker;
      },
      startApi,
      async killDatabase(signal = 'SIGKILL') {
        if (!database.restartAfterKill) throw new Error("Start the stack with database: 'own' to kill its server.");
        await database.restartAfterKill(signal);
      },
      stop,
    };
    return stack;
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

interface StackDatabase {
  url: string;
  dispose(): Promise<void>;
  restartAfterKill?: (signal: DatabaseEnd) => Promise<void>;
}

async function openStackDatabase(kind: 'shared' | 'own', dataDirectory: string): Promise<StackDatabase> {
  if (kind === 'own') return startOwnDatabase(join(dataDirectory, 'postgres'));
  return createTestDatabase();
}

async function startOwnDatabase(directory: string): Promise<StackDatabase> {
  const start = (port?: number): Promise<LocalDatabase> =>
    startLocalDatabase({ directory, durable: false, logger: quietLogger, ...(port !== undefined && { port }) });
  let server = await start();
  await migrate(server.url);
  return {
    url: server.url,
    dispose: () => server.stop(),
    async restartAfterKill(signal) {
      process.kill(server.pid, signal);
      await server.exited;
      server = await start(server.port);
    },
  };
}
