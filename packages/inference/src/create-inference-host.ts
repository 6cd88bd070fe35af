import { BackendError, type TranscriptPart } from '@voice-transcriber/backend-sdk';
import { availableMemoryBytes } from '@voice-transcriber/telemetry';
import { BackendRegistry } from './backend-registry.js';
import { chooseCandidate, type BackendFacts, type Choice, type ChooseRequest } from './choose-candidate.js';
import type { BackendReport, InferenceHost, InferenceHostOptions, InferenceJob } from './inference-host.js';
import { ModelLane } from './model-lane.js';
import { ModelProcess } from './model-process.js';
import { ProcessBudget } from './process-budget.js';
import type { SelfTestReport } from './run-self-test.js';
import { TranscribeJob } from './transcribe-job.js';

const IDLE_SECONDS_MAX = 300;
const LOAD_SECONDS_MAX_LEAST = 60;
/** A model file is read at least this fast, or its disk is broken. */
const LOAD_BYTES_PER_SECOND_MIN = 20_000_000;
/** What a process may hold beyond the backend's own estimate before it counts as running away. */
const MEMORY_FACTOR_MAX = 1.5;
const MEMORY_BYTES_SLACK = 512 * 1024 * 1024;

/**
 * Runs models in child processes and shares them among jobs. Nothing that a child does (crash, hang, run out of memory, write nonsense) reaches the caller
 * as anything but a BackendError of the job it was working for.
 */
export function createInferenceHost(options: InferenceHostOptions): InferenceHost {
  const { modelStore, memoryOptimization, measuredSpeed = () => undefined } = options;
  const registry = new BackendRegistry(options.backends, options.logger);
  const budget = new ProcessBudget(options.cacheSize);
  const lanes = new Map<string, { readonly lane: ModelLane; readonly choice: InferenceJob['choice'] }>();
  const selfTests = new Map<string, SelfTestReport[]>();
  let isDisposed = false;

  async function choose(request: ChooseRequest): Promise<Choice> {
    const [installed, facts] = await Promise.all([modelStore.list(), registry.facts()]);
    const isLoaded = (model: string, backend: string, device: string) =>
      lanes.get(keyOf({ model, backend, device }))?.lane.process !== undefined;
    return chooseCandidate(
      request,
      installed.map(({ manifest }) => manifest),
      facts,
      { ...options, measuredSpeed, isLoaded, selfTestProblem, memoryBytesAvailable: await memoryBytesAvailable() },
    );
  }

  function selfTestProblem(backend: string, device: string): string | undefined {
    return selfTests.get(backend)?.find(({ deviceRequested }) => deviceRequested === device)?.problem;
  }

  function noteSelfTest(backend: string, report: SelfTestReport): void {
    const others = (selfTests.get(backend) ?? []).filter((one) => one.deviceRequested !== report.deviceRequested);
    selfTests.set(backend, [...others, report]);
  }

  async function unload(which: { model: string; backend?: string; device?: string }): Promise<number> {
    const { model, backend, device } = which;
    const idle = [...lanes.values()].filter(
      ({ lane, choice }) =>
        lane.isIdle &&
        lane.process !== undefined &&
        choice.model === model &&
        (backend === undefined || choice.backend === backend) &&
        (device === undefined || choice.device === device),
    );
    await Promise.all(idle.map(({ lane }) => lane.unload()));
    return idle.length;
  }

  async function memoryBytesAvailable(): Promise<number | undefined> {
    if (!memoryOptimization) return undefined;
    const idleBytes = [...lanes.values()]
      .filter(({ lane }) => lane.isIdle)
      .reduce((total, { lane }) => total + (lane.process?.memoryBytes ?? 0), 0);
    return (await availableMemoryBytes()) + idleBytes;
  }

  function laneOf(choice: InferenceJob['choice']): ModelLane {
    const key = keyOf(choice);
    let entry = lanes.get(key);
    if (entry === undefined) {
      const lane: ModelLane = new ModelLane({
        budget,
        logger: options.logger,
        place: choice,
        start: () => startProcess(choice, lane),
        speed: () => measuredSpeed(choice.backend, choice.model, choice.device),
        idleSecondsMax: memoryOptimization ? IDLE_SECONDS_MAX : undefined,
      });
      entry = { lane, choice };
      lanes.set(key, entry);
    }
    return entry.lane;
  }

  async function startProcess(choice: InferenceJob['choice'], lane: ModelLane): Promise<ModelProcess> {
    const startedAt = performance.now();
    try {
      const process = await loadProcess(choice, lane);
      options.observer?.modelLoaded(choice, (performance.now() - startedAt) / 1000);
      return process;
    } catch (error) {
      options.observer?.modelLoadFailed(choice, error instanceof BackendError ? error.code : 'internal-error');
      throw error;
    }
  }

  async function loadProcess(choice: InferenceJob['choice'], lane: ModelLane): Promise<ModelProcess> {
    const { model, backend: name, device: deviceId } = choice;
    const files = await modelStore.require(model);
    const backend = await registry.find(name);
    const device =
      backend?.report.status === 'available' ? backend.report.devices.find(({ id }) => id === deviceId) : undefined;
    if (backend === undefined || device === undefined) {
      throw new BackendError('device-unavailable', `${name} does not offer the device "${deviceId}" here any more.`, {
        retry: 'elsewhere',
      });
    }
    const fit = backend.fit(files.manifest, device);
    if (!fit.fits) throw new BackendError('model-unsupported', fit.reason, { retry: 'elsewhere' });
    if (memoryOptimization && device.kind === 'cpu') await makeRoom(fit.memoryBytesNeeded, lane);
    const startedAt = performance.now();
    let isLoaded = false;
    const process = await ModelProcess.start({
      moduleUrl: backend.moduleUrl,
      files,
      load: { device, threads: options.threads },
      logger: options.logger,
      memoryBytesMax: fit.memoryBytesNeeded * MEMORY_FACTOR_MAX + MEMORY_BYTES_SLACK,
      loadSecondsMax: Math.max(LOAD_SECONDS_MAX_LEAST, files.manifest.fileBytes / LOAD_BYTES_PER_SECOND_MIN),
      batchSizeMax: options.batchSizeMax,
      profileDirectory: options.profileDirectory,
      onEnd: ({ code }, { isIntended }) => {
        if (!isIntended) options.observer?.processCrashed(choice, code);
        else if (isLoaded) options.observer?.modelUnloaded(choice);
      },
    });
    isLoaded = true;
    const loadSeconds = (performance.now() - startedAt) / 1000;
    options.logger.info(
      { model, backend: name, device: process.device.id, pid: process.pid, loadSeconds },
      'model loaded',
    );
    return process;
  }

  /** Ends idle models until the memory is there. Throws BackendError `out-of-memory` when it cannot be had. */
  async function makeRoom(bytesNeeded: number, lane: ModelLane): Promise<void> {
    let bytesAvailable = await availableMemoryBytes();
    while (bytesAvailable < bytesNeeded) {
      if (!(await budget.unloadOneIdle(lane))) {
        throw new BackendError(
          'out-of-memory',
          `The model needs ${Math.round(bytesNeeded / 2 ** 20)} MiB and ${Math.round(bytesAvailable / 2 ** 20)} MiB are free. Free some memory, choose a smaller model, or wait for other jobs.`,
          { retry: 'here', details: { bytesNeeded, bytesAvailable } },
        );
      }
      bytesAvailable = await availableMemoryBytes();
    }
  }

  async function* transcribe(inferenceJob: InferenceJob): AsyncGenerator<TranscriptPart> {
    if (isDisposed) throw stopped();
    const { choice, signal, stopSignal, ...jobOptions } = inferenceJob;
    const lane = laneOf(choice);
    const job = new TranscribeJob(jobOptions);
    const onAbort = () => lane.cancel(job);
    const onStop = () => lane.stop(job);
    signal.addEventListener('abort', onAbort);
    stopSignal?.addEventListener('abort', onStop);
    try {
      lane.add(job);
      if (signal.aborted) onAbort();
      if (stopSignal?.aborted) onStop();
      yield* job.parts.read();
    } finally {
      signal.removeEventListener('abort', onAbort);
      stopSignal?.removeEventListener('abort', onStop);
      // A reader that stops early has cancelled too.
      lane.cancel(job);
    }
  }

  return {
    probe: async () => (await registry.facts()).map((facts) => toReport(facts, selfTests.get(facts.name) ?? [])),
    noteSelfTest,
    unload,
    choose,
    transcribe,
    loadedModels: () =>
      [...lanes.values()].flatMap(({ lane, choice }) =>
        lane.process === undefined
          ? []
          : [{ ...pick(choice), pid: lane.process.pid, memoryBytes: lane.process.memoryBytes, busy: lane.jobCount }],
      ),
    dispose: async () => {
      isDisposed = true;
      await Promise.all([...lanes.values()].map(({ lane }) => lane.close(stopped())));
    },
  };
}

function pick({ model, backend, device }: InferenceJob['choice']): InferenceJob['choice'] {
  return { model, backend, device };
}

function keyOf({ model, backend, device }: InferenceJob['choice']): string {
  return JSON.stringify([backend, model, device]);
}

function stopped(): BackendError {
  return new BackendError('cancelled', 'The inference host is stopping.', { retry: 'here' });
}

function toReport({ name, report }: BackendFacts, selfTests: readonly SelfTestReport[]): BackendReport {
  if (report.status === 'unavailable') {
    return {
      name,
      status: 'unavailable',
      reason: report.reason,
      fix: report.fix,
      devices: [],
      facts: {},
      selfTests: [],
    };
  }
  const { version, devices, facts } = report;
  return { name, status: 'available', version, devices, facts, selfTests };
}
