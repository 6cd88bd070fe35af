import { createReadStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import {
  isTerminalState,
  migrate,
  openDatabase,
  workers as workersTable,
  type Database,
  type StoredSelfTest,
  type TranscriptionPriority,
} from '@voice-transcriber/db';
import { createTranscription, type Transcription } from '@voice-transcriber/jobs';
import { createFileStorage, type FileStorage } from '@voice-transcriber/storage';
import {
  createProcessWatch,
  createTestDatabase,
  startEmptyCluster,
  waitFor,
  waveHeader,
} from '@voice-transcriber/testkit';
import { transcriptions } from '@voice-transcriber/db';
import { eq } from 'drizzle-orm';
import { startLocalDatabase, type LocalDatabase } from '@voice-transcriber/local-database';
import { startSupervisedWorker, type SupervisedWorker } from './supervised-worker.js';

export interface Submission {
  /** Minutes of generated sound, or a file. */
  readonly audio: { readonly seconds: number } | { readonly path: string };
  /** For the scripted backend. */
  readonly prompt?: string;
  readonly model?: string;
  readonly backend?: string;
  readonly device?: string;
  readonly priority?: TranscriptionPriority;
}

export interface Installation {
  readonly db: Database;
  readonly storage: FileStorage;
  readonly workers: SupervisedWorker[];
  readonly databaseUrl: string;
  submit(submission: Submission): Promise<string>;
  read(id: string): Promise<Transcription>;
  /** Waits for a terminal state. */
  finished(id: string, timeoutMilliseconds?: number): Promise<Transcription>;
  /** The result of a backend's self-test on its first device, once a worker has stored it. */
  waitForSelfTest(backend: string): Promise<StoredSelfTest>;
  addWorker(env?: Record<string, string>): Promise<SupervisedWorker>;
  /** SIGKILL to the server, and a start on the same data; only with a server of its own. */
  killDatabase(): Promise<void>;
  /** Ends everything; throws when a process outlives it. */
  stop(): Promise<void>;
}

export interface InstallationOptions {
  readonly workers?: number;
  readonly env?: Record<string, string>;
  readonly ownDatabase?: boolean;
  /** Real models instead of the scripted backend. */
  readonly realModels?: boolean;
}

/** Real worker processes, a real PostgreSQL and a real data directory; recordings are submitted as the API does it. */
export async function install(options: InstallationOptions = {}): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), 'vt-chaos-'));
  await chmod(directory, 0o755);
  const server: InstalledDatabase = options.ownDatabase ? await startOwnDatabase() : await createTestDatabase();
  const databaseUrl = server.url;
  await migrate(databaseUrl);
  if (!options.realModels)
    await installFakeModels(join(directory, 'models'), ['fake', 'fake-other', 'fake-concurrent']);
  const db = openDatabase(databaseUrl);
  const storage = createFileStorage({ directory: join(directory, 'storage') });
  const watch = createProcessWatch();
  const environment = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: directory,
    LOG_LEVEL: 'INFO',
    SELF_TEST: 'False',
    ...(options.realModels
      ? {}
      : { VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`, DEFAULT_MODEL: 'fake', AUDIO_OPTIMIZATION: 'False' }),
    ...options.env,
  };
  const workers: SupervisedWorker[] = [];

  const read = async (id: string): Promise<Transcription> => {
    const [row] = await db.orm.select().from(transcriptions).where(eq(transcriptions.id, id));
    if (!row) throw new Error(`There is no transcription ${id}.`);
    return row;
  };

  const installation: Installation = {
    db,
    storage,
    workers,
    databaseUrl,
    read,
    async submit({ audio, prompt, model, backend, device, priority = 'normal' }) {
      const storageKey = `uploads/test/${randomUUID()}`;
      const source = 'path' in audio ? createReadStream(audio.path) : Readable.from(generateWav(audio.seconds));
      const stored = await storage.put(storageKey, source);
      const container = 'path' in audio ? extname(audio.path).slice(1) : 'wav';
      const { transcription, unusedStorageKey } = await createTranscription(db, {
        media: { storageKey, ...stored, filename: `${storageKey}.${container}`, container },
        apiKeyId: undefined,
        options: { task: 'transcribe', wordTimes: true, ...(prompt === undefined ? {} : { prompt }) },
        requestedModel: model,
        requestedBackend: backend,
        requestedDevice: device,
        priority,
      });
      if (unusedStorageKey !== undefined) await storage.delete(unusedStorageKey);
      return transcription.id;
    },
    finished: (id, timeoutMilliseconds = 60_000) =>
      waitFor(
        async () => {
          const transcription = await read(id);
          return isTerminalState(transcription.state) ? transcription : undefined;
        },
        { timeoutMilliseconds, what: 'the end of a transcription' },
      ),
    waitForSelfTest: (backend) =>
      waitFor(
        async () => {
          const rows = await db.orm.select({ backends: workersTable.backends }).from(workersTable);
          return rows.flatMap(({ backends }) => backends).find(({ name }) => name === backend)?.selfTests?.[0];
        },
        { timeoutMilliseconds: 60_000, what: `the self-test of ${backend}` },
      ),
    async addWorker(env = {}) {
      const worker = await startSupervisedWorker(
        { ...environment, INSTANCE_ID: `chaos-${workers.length}`, ...env },
        watch,
      );
      workers.push(worker);
      return worker;
    },
    async killDatabase() {
      if (!server.kill) throw new Error('Only an installation with its own server can kill it.');
      await server.kill();
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      const leaked = await watch.endLeaked(5000);
      await db.close();
      await server.dispose();
      await rm(directory, { recursive: true, force: true });
      if (leaked.length > 0) throw new Error(`Processes outlived their worker:\n${leaked.join('\n')}`);
    },
  };
  for (let index = 0; index < (options.workers ?? 1); index += 1) await installation.addWorker();
  return installation;
}

interface InstalledDatabase {
  readonly url: string;
  readonly kill?: () => Promise<void>;
  dispose(): Promise<void>;
}

async function startOwnDatabase(): Promise<InstalledDatabase> {
  const cluster = await startEmptyCluster();
  let server: LocalDatabase = cluster.database;
  const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  return {
    url: server.url,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
      server = await startLocalDatabase({ directory: cluster.directory, port: server.port, durable: false, logger });
    },
    async dispose() {
      await server.stop();
      await cluster.stop();
    },
  };
}

const SAMPLE_RATE_HZ = 16_000;

/** A tone with a pause every four seconds, second by second, so that any length costs no memory. */
function* generateWav(seconds: number): Generator<Buffer> {
  yield waveHeader({ dataBytes: seconds * SAMPLE_RATE_HZ * 2, sampleRateHz: SAMPLE_RATE_HZ });
  const tone = Buffer.alloc(SAMPLE_RATE_HZ * 2);
  for (let index = 0; index < SAMPLE_RATE_HZ; index += 1) {
    tone.writeInt16LE(Math.round(8000 * Math.sin((index * 2 * Math.PI * 220) / SAMPLE_RATE_HZ)), index * 2);
  }
  const pause = Buffer.alloc(tone.length);
  for (let second = 0; second < seconds; second += 1) yield second % 4 === 3 ? pause : tone;
}
