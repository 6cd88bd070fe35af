import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BackendError,
  defineBackend,
  SAMPLE_RATE_HZ,
  type AudioWindow,
  type Capabilities,
  type Device,
  type LoadedModel,
  type ModelFiles,
  type TranscribeRequest,
  type TranscriptPart,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';
import { misbehave, takeTurn } from './fake-faults.js';
import { fakeModelContent } from './fake-model.js';
import { fakeWindowResult } from './fake-text.js';
import { parseFakeScript } from './fake-script.js';

const address = new URL(import.meta.url);
const gpuBytes = Number(address.searchParams.get('gpu') ?? 0);
const SLOTS = 4;
/** Audio seconds per wall second when the script does not say `slow`. */
const SPEED_DEFAULT = 400;
const MEMORY_BYTES_NEEDED = 128 * 1024 * 1024;
const KNOWN_EXTRA_OPTIONS: readonly string[] = [];

/**
 * A backend without a model: its text follows from the windows' positions alone, and its faults from the request's prompt (see parseFakeScript).
 * It runs behind the same contract and in the same kind of process as a real one. A model whose name contains `batched` takes four windows in a call and
 * can be cancelled between windows; one whose name contains `concurrent` takes four calls at once and can be cancelled in the middle of each. Loaded from
 * this module's address with `?gpu=BYTES` behind it, it offers a GPU of that memory beside the processor; `&gpu-fails` makes loading on it fail.
 */
export default defineBackend({
  specVersion: 1,
  name: 'fake',
  probe: () =>
    Promise.resolve({
      status: 'available',
      version: '1.0.0',
      devices: devices(),
      facts: { purpose: 'tests only' },
    }),
  fit: () => ({ fits: true, memoryBytesNeeded: MEMORY_BYTES_NEEDED }),
  load: async (files, { device }) => {
    if (!devices().some(({ id }) => id === device.id)) {
      throw new BackendError('device-unavailable', `There is no device "${device.id}" here. Use another.`, {
        retry: 'elsewhere',
      });
    }
    await checkFile(files);
    if (device.kind !== 'cpu' && address.searchParams.has('gpu-fails')) {
      throw new BackendError('device-unavailable', 'Scripted failure: the GPU fell off the bus.', {
        retry: 'elsewhere',
      });
    }
    return createFakeModel(files, device);
  },
});

function devices(): Device[] {
  return gpuBytes > 0 ? [cpu(), gpu()] : [cpu()];
}

function cpu(): Device {
  return { id: 'cpu', kind: 'cpu', name: 'Scripted processor', memoryBytesTotal: os.totalmem() };
}

function gpu(): Device {
  return { id: 'cuda:0', kind: 'cuda', name: 'Scripted GPU', memoryBytesTotal: gpuBytes };
}

async function checkFile({ manifest, path: file }: ModelFiles): Promise<void> {
  const content = await readFile(file).catch((cause: unknown) => {
    throw new BackendError('model-missing', `The model file ${file} is missing. Install the model again.`, {
      retry: 'elsewhere',
      cause,
    });
  });
  if (content.length === manifest.fileBytes && content.equals(fakeModelContent(manifest.name))) return;
  throw new BackendError('model-corrupt', `The model file ${file} is damaged. Install the model again.`, {
    retry: 'elsewhere',
    details: { fileBytes: content.length, fileBytesExpected: manifest.fileBytes },
  });
}

function capabilitiesOf(name: string): Capabilities {
  const isBatched = name.includes('batched');
  const isConcurrent = name.includes('concurrent');
  return {
    wordTimes: true,
    translation: true,
    languageDetection: true,
    batchSize: isBatched ? SLOTS : 1,
    concurrency: isConcurrent ? SLOTS : 1,
    cancellation: isConcurrent ? 'immediate' : isBatched ? 'window' : 'process',
  };
}

function createFakeModel(files: ModelFiles, device: Device): LoadedModel {
  const disposal = new AbortController();
  return {
    capabilities: capabilitiesOf(files.manifest.name),
    memoryBytes: 1024 * 1024,
    device,
    transcribe: (request, { signal } = {}) =>
      transcribe(request, path.dirname(files.path), { signal, disposed: disposal.signal }),
    dispose: async () => disposal.abort(),
  };
}

type Heard = Parameters<typeof fakeWindowResult>[2];

async function* transcribe(
  request: TranscribeRequest,
  modelDirectory: string,
  stops: Stops,
): AsyncGenerator<TranscriptPart> {
  checkStops(stops);
  const { language } = request.options;
  if (
    language !== undefined &&
    new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(language) === undefined
  ) {
    throw new BackendError('request-unsupported', `Nobody speaks the language "${language}". Leave it out.`, {
      retry: 'never',
    });
  }
  const script = parseFakeScript(request.options.prompt);
  for (const name of Object.keys(request.options.extra ?? {})) {
    if (KNOWN_EXTRA_OPTIONS.includes(name)) continue;
    yield { type: 'warning', warning: { code: 'unknown-option', message: `The option "${name}" is not known here.` } };
  }
  for (const window of request.windows) {
    const startedAt = performance.now();
    checkStops(stops);
    yield { type: 'progress', windowIndex: window.index, fraction: 0 };
    let speed = SPEED_DEFAULT;
    let heard: Heard | undefined;
    for (const instruction of script) {
      if (instruction.windowIndex !== undefined && instruction.windowIndex !== window.index) continue;
      if (!takeTurn(instruction, modelDirectory)) continue;
      if (instruction.verb === 'slow') speed = instruction.speed;
      const { language, confidence } = instruction;
      if (language !== undefined && confidence !== undefined) heard = { language, confidence };
      await misbehave(instruction);
    }
    await work(window, speed, stops);
    yield { type: 'progress', windowIndex: window.index, fraction: 1 };
    const inferenceSeconds = (performance.now() - startedAt) / 1000;
    const result: WindowResult = { ...fakeWindowResult(window, request.options, heard), inferenceSeconds };
    yield { type: 'window-final', result };
  }
}

/** What ends a request before its time: its own signal, and the end of the model. */
interface Stops {
  readonly signal: AbortSignal | undefined;
  readonly disposed: AbortSignal;
}

function checkStops({ signal, disposed }: Stops): void {
  if (signal?.aborted === true) {
    throw new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
  }
  if (disposed.aborted) {
    throw new BackendError('backend-unavailable', 'The model was unloaded. Load it again.', { retry: 'here' });
  }
}

async function work(window: AudioWindow, speed: number, stops: Stops): Promise<void> {
  // The reader may have aborted while it held the last part.
  checkStops(stops);
  const seconds = window.samples.length / SAMPLE_RATE_HZ / speed;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const signals = [stops.disposed, ...(stops.signal === undefined ? [] : [stops.signal])];
  for (const signal of signals) signal.addEventListener('abort', stop);
  try {
    await sleep(seconds * 1000, undefined, { signal: controller.signal });
  } catch {
    checkStops(stops);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', stop);
  }
}
