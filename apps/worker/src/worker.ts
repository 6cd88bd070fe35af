import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { childEnvironment, type Config } from '@voice-transcriber/config';
import { openDatabase } from '@voice-transcriber/db';
import { createEventBell } from '@voice-transcriber/events';
import { createInferenceHost, createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { CONTROL_CHANNEL, modelToUnload, WEBHOOK_RING } from '@voice-transcriber/jobs';
import {
  createBenchmarkTasks,
  createCleaner,
  createLeaseKeeper,
  createModelPuller,
  createReconciler,
  createTaskList,
  createWebhookCourier,
} from '@voice-transcriber/jobs/handlers';
import { openStorage } from '@voice-transcriber/storage';
import type { Logger } from '@voice-transcriber/telemetry';
import { createAudioPreparation } from './audio-preparation.js';
import { builtInBackends } from './backends.js';
import { createBenchmarkPrograms } from './benchmark/start-programs.js';
import { startHealthServer } from './health-server.js';
import { loadMeasuredSpeeds } from './measured-speeds.js';
import { createModelFetcher } from './model-fetcher.js';
import { startObservability } from './observability.js';
import { createQueueRunner } from './queue-runner.js';
import { createResourceRecorder } from './resource-recorder.js';
import { startSelfTests } from './self-tests.js';
import { threadsOf } from './threads.js';
import { waitForSchema } from './wait-for-schema.js';

/** A window border comes within this, or the window is given up: a container gets 30 s to stop, and the rest needs some. */
const DRAIN_MILLISECONDS_MAX = 15_000;
const LET_GO_MILLISECONDS_MAX = 3000;
const READY_HEARTBEAT_MILLISECONDS_MAX = 8000;

export interface Worker {
  readonly workerId: string;
  readonly healthPort: number;
  /** Takes no new work, finishes what ends soon, gives the rest back. Takes at most 21 s. Idempotent. */
  stop(): Promise<void>;
}

/** Puts a worker together and starts it. Resolves when it can take work. */
export async function startWorker(
  config: Config,
  {
    databaseUrl,
    logger,
    onStopRequest,
  }: {
    databaseUrl: string;
    logger: Logger;
    /** An administrator wants the process to end. */
    onStopRequest?: () => void;
  },
): Promise<Worker> {
  const workerId = randomUUID();
  const host = hostname();
  const db = openDatabase(databaseUrl, {
    connectionsMax: config.jobs.concurrentMax + 4,
    applicationName: 'voice-transcriber-worker',
  });
  await waitForSchema(db, logger);

  const version = await readVersion();
  const observability = await startObservability(config, { version, logger });
  const { metrics } = observability;

  const threads = threadsOf(config);
  const storage = await openStorage(config.storage);
  const speeds = await loadMeasuredSpeeds({ db, host, logger });
  const inference = createInferenceHost({
    backends: [...config.inference.extraBackends, ...builtInBackends(config)],
    modelStore: createModelStore({ directories: [config.inference.modelsDirectory, EMBEDDED_MODELS_DIRECTORY] }),
    cacheSize: config.inference.modelCacheSize,
    threads,
    gpuEnabled: config.inference.gpuEnabled,
    gpuMemoryFraction: config.inference.gpuMemoryFraction,
    memoryOptimization: config.inference.memoryOptimization,
    logger,
    observer: metrics,
    measuredSpeed: (backend, model, device) => speeds.find(backend, model, device),
  });
  const recorder = createResourceRecorder({ db, host, diskPath: config.storage.directory, logger });

  let draining = false;
  let stopping: Promise<void> | undefined;
  const leases = createLeaseKeeper({
    databaseUrl,
    workerId,
    logger,
    metrics,
    registration: {
      instanceId: config.instanceId,
      host,
      pid: process.pid,
      version,
      slots: config.jobs.concurrentMax,
      threadsPerInference: threads,
      backends: await inference.probe(),
    },
    onCommand: (command) => {
      if (stopping !== undefined) return;
      logger.info({ command }, 'An administrator wants something of this worker.');
      draining = command !== null;
      if (command === 'stop') onStopRequest?.();
      if (command === 'drain') runner.pause();
      if (command === null) runner.resume();
    },
    describe: () => ({ poolId: runner.poolId, draining, loadedModels: inference.loadedModels(), ...recorder.usage() }),
  });
  const puller = createModelPuller({ db, fetcher: createModelFetcher(config), logger, workerId });
  const benchmarks = createBenchmarkPrograms({ environment: childEnvironment(), logger });
  const runner = createQueueRunner({
    databaseUrl,
    logger,
    concurrency: config.jobs.concurrentMax,
    taskList: {
      ...createBenchmarkTasks({ db, programs: benchmarks, logger }),
      ...createTaskList({
        db,
        storage,
        inference,
        leases,
        puller,
        logger,
        metrics,
        workerId,
        host,
        audio: createAudioPreparation({ config, storage }),
        defaultModel: config.inference.defaultModel,
        windowSecondsMax: config.inference.windowSecondsMax,
      }),
    },
  });
  const reconciler = createReconciler({ db, storage, logger, metrics });
  const cleaner = createCleaner({
    db,
    storage,
    logger,
    intervalSeconds: config.jobs.cleanupIntervalSeconds,
    eventsKeptDays: config.jobs.eventsKeptDays,
  });
  const courier = createWebhookCourier({ db, allowPrivate: config.webhooks.allowPrivate, logger, metrics });
  const bell = createEventBell(databaseUrl, { channel: CONTROL_CHANNEL });

  await leases.start();
  bell.onRing((ring) => {
    if (ring === WEBHOOK_RING) return courier.checkNow();
    const model = modelToUnload(ring);
    if (model === undefined) return void leases.checkNow();
    // The next heartbeat tells everybody what is loaded now.
    inference
      .unload({ model })
      .then((count) => (count > 0 ? leases.checkNow() : undefined))
      .catch((error: unknown) => logger.warn({ err: error, model }, 'A model could not be unloaded.'));
  });
  reconciler.start();
  cleaner.start();
  courier.start();
  recorder.start();
  runner.start();
  observability.watch({ leases, inference, recorder, isDraining: () => draining });
  const health = await startHealthServer({
    metrics: observability.registry,
    metricsToken: config.metrics.token,
    host: config.api.host,
    port: config.worker.healthPort,
    instanceId: config.instanceIdIsExplicit ? config.instanceId : undefined,
    findProblem: () => {
      if (draining) return 'draining';
      return leases.heartbeatAgeMilliseconds() > READY_HEARTBEAT_MILLISECONDS_MAX
        ? 'the database cannot be reached'
        : undefined;
    },
  });

  const selfTests = config.inference.selfTest
    ? startSelfTests({
        db,
        inference,
        workerId,
        host,
        model: config.inference.defaultModel,
        cacheSize: config.inference.modelCacheSize,
        isBusy: () => draining || leases.heldCount > 0,
        logger,
      })
    : undefined;

  async function stop(): Promise<void> {
    draining = true;
    leases.stopAll();
    await selfTests?.dispose();
    const stopped = Promise.all([runner.stop(), puller.dispose(), benchmarks.dispose()]).then(() => undefined);
    if (!(await endsWithin(stopped, DRAIN_MILLISECONDS_MAX))) {
      leases.dropAll();
      await endsWithin(stopped, LET_GO_MILLISECONDS_MAX);
    }
    await Promise.all([
      courier.dispose(),
      reconciler.dispose(),
      cleaner.dispose(),
      recorder.dispose(),
      bell.close(),
      inference.dispose(),
    ]);
    speeds.dispose();
    await leases.dispose();
    await db.close();
    await health.close();
    await observability.shutdown();
  }

  return { workerId, healthPort: health.port, stop: () => (stopping ??= stop()) };
}

async function endsWithin(work: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
