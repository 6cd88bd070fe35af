import { stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BackendError,
  defineBackend,
  type AudioWindow,
  type Device,
  type LoadedModel,
  type ModelFiles,
  type TranscribeRequest,
  type TranscriptPart,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';
import { misbehave, takeTurn } from './fake-faults.js';
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
      devices: gpuBytes > 0 ? [cpu(), gpu()] : [cpu()],
      facts: { purpose: 'tests only' },
    }),
  fit: () => ({ fits: true, memoryBytesNeeded: MEMORY_BYTES_NEEDED }),
  load: async (files, options) => {
    await checkFile(files);
    if (options.device.kind !== 'cpu' && address.searchParams.has('gpu-fails')) {
      throw new BackendError('device-unavailable', 'Scripted failure: the GPU fell off the bus.', {
        retry: 'elsewhere',
      });
    }
    return createFakeModel(files, options.device);
  },
});

function cpu(): Device {
  return { id: 'cpu', kind: 'cpu', name: 'Scripted processor', memoryBytesTotal: os.totalmem() };
}

function gpu(): Device {
  return { id: 'cuda:0', kind: 'cuda', name: 'Scripted GPU', memoryBytesTotal: gpuBytes };
}

async function checkFile({ manifest, path: file }: ModelFiles): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) {
    throw new BackendError('model-missing', `The model file ${file} is missing. Install the model again.`, {
      retry: 'elsewhere',
    });
  }
  if (found.size !== manifest.fileBytes) {
    throw new BackendError('model-corrupt', `The model file ${file} is damaged. Install the model again.`, {
      retry: 'elsewhere',
      details: { fileBytes: found.size, fileBytesExpected: manifest.fileBytes },
    });
  }
}

function createFakeModel(files: ModelFiles, device: Device): LoadedModel {
  const isBatched = files.manifest.name.includes('batched');
  const isConcurrent = files.manifest.name.includes('concurrent');
  return {
    capabilities: {
      wordTimes: true,
      translation: true,
      languageDetection: true,
      batchSize: isBatched ? SLOTS : 1,
      concurrency: isConcurrent ? SLOTS : 1,
      cancellation: isConcurrent ? 'immediate' : isBatched ? 'window' : 'process',
    },
    memoryBytes: 1024 * 1024,
    device,
    transcribe: (request, options) => transcribe(request, path.dirname(files.path), options?.signal),
    dispose: () => Promise.resolve(),
  };
}

type Heard = Parameters<typeof fakeWindowResult>[2];

async function* transcribe(
  request: TranscribeRequest,
  modelDirectory: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<TranscriptPart> {
  const script = parseFakeScript(request.options.prompt);
  for (const name of Object.keys(request.options.extra ?? {})) {
    if (KNOWN_EXTRA_OPTIONS.includes(name)) continue;
    yield { type: 'warning', warning: { code: 'unknown-option', message: `The option "${name}" is not known here.` } };
  }
  for (const window of request.windows) {
    const startedAt = performance.now();
    if (signal?.aborted) throw cancelled();
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
    await work(window, speed, signal);
    yield { type: 'progress', windowIndex: window.index, fraction: 1 };
    const inferenceSeconds = (performance.now() - startedAt) / 1000;
    const result: WindowResult = { ...fakeWindowResult(window, request.options, heard), inferenceSeconds };
    yield { type: 'window-final', result };
  }
}

async function work(window: AudioWindow, speed: number, signal: AbortSignal | undefined): Promise<void> {
  const seconds = window.samples.length / 16_000 / speed;
  try {
    await sleep(seconds * 1000, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw cancelled();
  }
}

function cancelled(): BackendError {
  return new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
}
