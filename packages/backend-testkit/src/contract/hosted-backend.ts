import { setTimeout as sleep } from 'node:timers/promises';
import {
  SAMPLE_RATE_HZ,
  type Backend,
  type Capabilities,
  type LoadedModel,
  type LoadOptions,
  type ModelFiles,
  type TranscribeRequest,
  type TranscriptPart,
} from '@voice-transcriber/backend-sdk';
import { createInferenceHost, type InferenceHost } from '@voice-transcriber/inference';

const LOGGER = { debug: () => undefined, info: () => undefined, warn: () => undefined };
/** A host takes any number of jobs; these are enough to meet each other. */
const CONCURRENCY = 3;
const MEMORY_MILLISECONDS_MAX = 2_000;
const SILENCE: TranscribeRequest = {
  windows: [{ index: 0, startSeconds: 0, samples: new Float32Array(SAMPLE_RATE_HZ) }],
  options: { task: 'transcribe', wordTimes: false },
};

export interface HostedModel extends LoadedModel {
  /** The process that the model is loaded in; undefined when there is none at the moment. */
  readonly pid: number | undefined;
}

export interface HostedBackend extends Backend {
  load(files: ModelFiles, options: LoadOptions): Promise<HostedModel>;
}

/** A backend behind an inference host, as the backend it is: what is asked of the engine goes through a child process and back. */
export function createHostedBackend(backend: Backend, moduleUrl: string): HostedBackend {
  let capabilities: Promise<Capabilities> | undefined;

  function createHost(files: ModelFiles | undefined, threads: number): InferenceHost {
    const installed = files === undefined ? [] : [files];
    return createInferenceHost({
      backends: [{ name: backend.name, moduleUrl }],
      modelStore: {
        list: () => Promise.resolve(installed),
        find: (name) => Promise.resolve(installed.find(({ manifest }) => manifest.name === name)),
        require: () => (files === undefined ? Promise.reject(new Error('No model.')) : Promise.resolve(files)),
      },
      cacheSize: 1,
      threads,
      gpuEnabled: true,
      gpuMemoryFraction: 0.8,
      memoryOptimization: false,
      logger: LOGGER,
    });
  }

  return {
    specVersion: 1,
    name: backend.name,
    fit: (model, device) => backend.fit(model, device),
    async probe() {
      const host = createHost(undefined, 1);
      const [report] = await host.probe();
      await host.dispose();
      if (report?.status === 'available') {
        const { devices, facts, version = '' } = report;
        return { status: 'available', version, facts, devices: devices as LoadedModel['device'][] };
      }
      return { status: 'unavailable', reason: report?.reason ?? 'Not reported.', fix: report?.fix ?? '' };
    },
    async load(files, options) {
      const host = createHost(files, options.threads);
      const choice = { model: files.manifest.name, backend: backend.name, device: options.device.id };
      const transcribe = (request: TranscribeRequest, signal = new AbortController().signal) =>
        inOrder(host.transcribe({ choice, request, priority: 0, signal }), request);
      try {
        // A host loads when the first window comes.
        for await (const part of transcribe(SILENCE)) void part;
        capabilities ??= readCapabilities(files, options);
        const loaded = () => host.loadedModels()[0];
        await waitForMemory(() => loaded()?.memoryBytes ?? 0);
        return {
          capabilities: { ...(await capabilities), concurrency: CONCURRENCY, cancellation: 'immediate' },
          device: { ...options.device, id: loaded()?.device ?? '' },
          get memoryBytes() {
            return loaded()?.memoryBytes ?? 0;
          },
          get pid() {
            return loaded()?.pid;
          },
          transcribe: (request, { signal } = {}) => transcribe(request, signal),
          dispose: () => host.dispose(),
        };
      } catch (error) {
        await host.dispose();
        throw error;
      }
    },
  };

  /** The host keeps them to itself. */
  async function readCapabilities(files: ModelFiles, options: LoadOptions): Promise<Capabilities> {
    const model = await backend.load(files, options);
    await model.dispose();
    return model.capabilities;
  }
}

/** A host gives windows as they are done; the contract gives them in the order of the request. */
async function* inOrder(
  parts: AsyncIterable<TranscriptPart>,
  { windows }: TranscribeRequest,
): AsyncGenerator<TranscriptPart> {
  const expected = windows.map(({ index }) => index);
  const waiting = new Map<number, TranscriptPart>();
  for await (const part of parts) {
    if (part.type !== 'window-final') {
      yield part;
      continue;
    }
    waiting.set(part.result.index, part);
    for (let next = waiting.get(expected[0] ?? -1); next !== undefined; next = waiting.get(expected[0] ?? -1)) {
      expected.shift();
      yield next;
    }
  }
  if (expected.length > 0) throw new Error(`The host gave no result for the windows ${expected.join(', ')}.`);
}

/** The host looks at its processes from time to time; the first look comes after the load. */
async function waitForMemory(memoryBytes: () => number): Promise<void> {
  const endMilliseconds = performance.now() + MEMORY_MILLISECONDS_MAX;
  while (memoryBytes() === 0 && performance.now() < endMilliseconds) await sleep(25);
}
