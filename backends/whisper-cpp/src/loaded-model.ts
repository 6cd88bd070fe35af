import {
  SAMPLE_RATE_HZ,
  type AudioWindow,
  type BackendWarning,
  type Device,
  type LoadedModel,
  type TranscribeOptions,
  type TranscribeRequest,
  type TranscriptPart,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';
import {
  checkRequest,
  composeSegments,
  groupTokens,
  isDigitalSilence,
  padSamples,
  type GgmlHeader,
} from '@voice-transcriber/backend-sdk/whisper-cpp';
import { decodingFields, unknownOptions } from './decoding-options.js';
import { encodeWave } from './encode-wave.js';
import { parseAnswer } from './parse-answer.js';
import type { ServerPool } from './server-pool.js';
import { cancelled } from './whisper-server.js';

export interface LoadedModelOptions {
  readonly pool: ServerPool;
  readonly slots: number;
  readonly header: GgmlHeader;
  readonly device: Device;
  readonly memoryBytes: number;
}

export function createLoadedModel(model: LoadedModelOptions): LoadedModel {
  const { pool, slots, header, device, memoryBytes } = model;
  return {
    capabilities: {
      wordTimes: true,
      translation: header.isMultilingual,
      languageDetection: header.isMultilingual,
      batchSize: slots,
      concurrency: slots,
      cancellation: 'immediate',
    },
    memoryBytes,
    device,
    transcribe: (request, { signal } = {}) => transcribe(request, model, signal),
    dispose: () => pool.dispose(),
  };
}

async function* transcribe(
  { windows, options }: TranscribeRequest,
  { pool, header }: LoadedModelOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<TranscriptPart> {
  checkRequest(options, header);
  const fields = formFields(options, header);
  for (const name of unknownOptions(options)) {
    const message = `whisper-cpp does not know the option "${name}" and ignored it.`;
    yield { type: 'warning', warning: { code: 'unknown-option', message } };
  }
  for (const window of windows) {
    throwIfCancelled(signal);
    yield { type: 'progress', windowIndex: window.index, fraction: 0 };
    const { warnings, ...result } = await transcribeWindow(window, options, { fields, pool, signal });
    for (const warning of warnings) yield { type: 'warning', warning };
    // Nothing is final after a cancellation, however late it came.
    throwIfCancelled(signal);
    yield { type: 'window-final', result };
  }
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled();
}

interface Work {
  readonly fields: Readonly<Record<string, string>>;
  readonly pool: ServerPool;
  readonly signal: AbortSignal | undefined;
}

async function transcribeWindow(
  window: AudioWindow,
  options: TranscribeOptions,
  { fields, pool, signal }: Work,
): Promise<WindowResult & { readonly warnings: readonly BackendWarning[] }> {
  const nothing = { index: window.index, segments: [], inferenceSeconds: 0, warnings: [] };
  if (isDigitalSilence(window.samples)) return nothing;
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(encodeWave(padSamples(window.samples), SAMPLE_RATE_HZ))]), 'window.wav');
  const { body, inferenceSeconds } = await pool.use(async (server) => {
    const startedAt = performance.now();
    const answer = await server.infer(form, signal);
    return { body: answer, inferenceSeconds: (performance.now() - startedAt) / 1000 };
  }, signal);
  const { tokens, language } = parseAnswer(body);
  const { segments, warnings } = composeSegments(groupTokens(tokens), window, options);
  if (segments.length === 0) return { ...nothing, inferenceSeconds, warnings };
  return {
    index: window.index,
    segments,
    warnings,
    inferenceSeconds,
    language: language?.code ?? options.language ?? 'en',
    ...(language === undefined ? {} : { languageConfidence: Math.min(1, language.probability) }),
  };
}

/** No timestamp tokens: with them the model skips sentences of full windows. A language that is not given costs two more encoder passes. */
function formFields(options: TranscribeOptions, header: GgmlHeader): Record<string, string> {
  const { task, language, prompt = '' } = options;
  const detects = language === undefined && header.isMultilingual;
  return {
    response_format: 'verbose_json',
    no_timestamps: 'true',
    language: detects ? 'auto' : (language ?? 'en'),
    no_language_probabilities: String(!detects),
    translate: String(task === 'translate'),
    ...(prompt === '' ? {} : { prompt }),
    ...decodingFields(options),
  };
}
