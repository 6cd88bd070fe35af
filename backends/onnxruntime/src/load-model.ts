import {
  BackendError,
  SAMPLE_RATE_HZ,
  type AudioWindow,
  type Capabilities,
  type LoadedModel,
  type LoadOptions,
  type ModelFiles,
  type TranscribeOptions,
  type TranscribeRequest,
  type TranscriptPart,
} from '@voice-transcriber/backend-sdk';
import { checkRequest, findWarnings } from './check-request.js';
import { BatchEngine } from './engine/batch-engine.js';
import { hearWindow } from './engine/hear-window.js';
import { toBackendError } from './engine/inference-error.js';
import { createModelSessions, type ModelSessions } from './engine/model-sessions.js';
import { loadRuntime } from './engine/runtime.js';
import { createWindowResult, type HeardWindow } from './engine/window-result.js';
import { slotsFor } from './fit.js';
import { describeProcessor, readProcessor } from './processor.js';

/** `transcribe` calls that share the slots. */
const CONCURRENCY = 8;

/** Loads a checkpoint and warms it up, so that the first window is as fast as the rest and a broken model fails here. */
export async function loadModel(files: ModelFiles, options: LoadOptions): Promise<LoadedModel> {
  const { device } = options;
  if (device.kind !== 'cpu' && device.kind !== 'cuda') {
    throw new BackendError('device-unavailable', 'This engine runs on processors and on CUDA.', { retry: 'elsewhere' });
  }
  const memoryBytesBefore = process.memoryUsage.rss();
  const processor = readProcessor();
  try {
    const runtime = await loadRuntime();
    const sessions = await createModelSessions(runtime, {
      path: files.path,
      modelName: files.manifest.name,
      threads: options.threads,
      device,
      // ONNX Runtime multiplies bytes with a scale per row on processors alone.
      arithmetic: device.kind === 'cuda' || options.precision === 'float32' ? 'float' : processor.arithmetic,
      slotsFor,
    });
    await warmUp(sessions);
    return new OnnxModel(sessions, {
      memoryBytes: Math.max(0, process.memoryUsage.rss() - memoryBytesBefore),
      device: device.kind === 'cuda' ? device : describeProcessor(processor),
    });
  } catch (error) {
    throw toBackendError(error, device);
  }
}

async function warmUp({ encoder, decoder, memory, vocabulary }: ModelSessions): Promise<void> {
  const encoded = await encoder.encode(new Float32Array(SAMPLE_RATE_HZ));
  encoded.use((window) => memory.fill(0, window));
  await decoder.step([{ token: vocabulary.special.startOfTranscript, position: 0, rule: 0 }], { wantLogits: false });
}

class OnnxModel implements LoadedModel {
  readonly capabilities: Capabilities;
  readonly memoryBytes: number;
  readonly device: LoadedModel['device'];
  readonly #sessions: ModelSessions;
  readonly #engine: BatchEngine;
  #disposed: Promise<void> | undefined;

  constructor(sessions: ModelSessions, facts: Pick<LoadedModel, 'memoryBytes' | 'device'>) {
    const batchSize = sessions.slots;
    const { multilingual } = sessions.vocabulary;
    this.#sessions = sessions;
    this.#engine = new BatchEngine(sessions, batchSize);
    this.memoryBytes = facts.memoryBytes;
    this.device = facts.device;
    this.capabilities = {
      wordTimes: true,
      translation: multilingual,
      languageDetection: multilingual,
      batchSize,
      concurrency: CONCURRENCY,
      cancellation: 'immediate',
    };
  }

  async *transcribe(
    request: TranscribeRequest,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<TranscriptPart> {
    if (this.#disposed !== undefined) {
      throw new BackendError('backend-unavailable', 'The model has been unloaded. Load it again.', { retry: 'here' });
    }
    checkRequest(request, this.#sessions.vocabulary);
    const cancellation = watchSignal(signal);
    const key = {};
    try {
      cancellation.throwIfAborted();
      for (const warning of findWarnings(request)) yield { type: 'warning', warning };
      const hear = (window: AudioWindow, options: TranscribeOptions): Promise<HeardWindow> => {
        cancellation.throwIfAborted();
        return this.#engine.submit({ request: key, window, options });
      };
      const results = request.windows.map(async (window) =>
        createWindowResult(window, await hearWindow(window, request.options, hear), request.options),
      );
      // A later window may fail while an earlier one is still awaited.
      for (const result of results) result.catch(() => undefined);
      for (const pending of results) {
        const result = await Promise.race([pending, cancellation.aborted]);
        // What had been heard before the reader gave up is not handed out any more either.
        cancellation.throwIfAborted();
        yield { type: 'window-final', result };
      }
    } finally {
      this.#engine.cancel(key);
      cancellation.dispose();
    }
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#engine.close().then(() => this.#sessions.dispose());
    return this.#disposed;
  }
}

/** An abort signal as a promise that only rejects. */
function watchSignal(signal: AbortSignal | undefined): {
  aborted: Promise<never>;
  throwIfAborted(): void;
  dispose(): void;
} {
  const cancelled = (): BackendError =>
    new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelled());
  });
  aborted.catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    aborted,
    throwIfAborted() {
      if (signal?.aborted === true) throw cancelled();
    },
    dispose: () => signal?.removeEventListener('abort', onAbort),
  };
}
