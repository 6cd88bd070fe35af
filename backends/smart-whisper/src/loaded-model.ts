import {
  BackendError,
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
  isDigitalSilence,
  padSamples,
  type GgmlHeader,
} from '@voice-transcriber/backend-sdk/whisper-cpp';
import { runNative, type NativeModel } from './binding.js';
import { wordsOf } from './words.js';

/** Ids from the end-of-text token on carry no text. */
const END_OF_TEXT_TOKEN = { multilingual: 50_257, english: 50_256 } as const;
const BEAM_SEARCH_STRATEGY = 1;
const BEAM_SIZE = 5;

export interface LoadedModelOptions {
  readonly native: NativeModel;
  readonly header: GgmlHeader;
  readonly device: Device;
  readonly threads: number;
  readonly memoryBytes: number;
}

export function createLoadedModel(options: LoadedModelOptions): LoadedModel {
  const { native, header, device, memoryBytes } = options;
  const life: Life = { isOver: false, running: new Set() };
  let freeing: Promise<void> | undefined;
  /** Native code must not lose the model under its feet: what is inside ends first. */
  const free = async (): Promise<void> => {
    life.isOver = true;
    await Promise.allSettled(life.running);
    await native.free();
  };
  return {
    capabilities: {
      wordTimes: true,
      translation: header.isMultilingual,
      languageDetection: header.isMultilingual,
      batchSize: 1,
      concurrency: 1,
      cancellation: 'process',
    },
    memoryBytes,
    device,
    transcribe: (request, { signal } = {}) => transcribe(request, options, { signal, life }),
    dispose: () => (freeing ??= free()),
  };
}

/** Whether the model is still there, and what runs on it. */
interface Life {
  isOver: boolean;
  readonly running: Set<Promise<unknown>>;
}

async function* transcribe(
  request: TranscribeRequest,
  model: LoadedModelOptions,
  { signal, life }: { readonly signal: AbortSignal | undefined; readonly life: Life },
): AsyncGenerator<TranscriptPart> {
  checkRequest(request.options, model.header);
  for (const name of Object.keys(request.options.extra ?? {})) {
    yield warning('unknown-option', `smart-whisper does not know the option "${name}" and ignored it.`);
  }
  for (const window of request.windows) {
    if (signal?.aborted) throw new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
    yield { type: 'progress', windowIndex: window.index, fraction: 0 };
    if (life.isOver) {
      throw new BackendError('backend-unavailable', 'The model was unloaded. Load it again.', { retry: 'here' });
    }
    const startedAt = performance.now();
    const running = transcribeWindow(window, request.options, model);
    life.running.add(running);
    const { warnings, ...heard } = await running.finally(() => life.running.delete(running));
    for (const warning of warnings) yield { type: 'warning', warning };
    const result = { index: window.index, ...heard, inferenceSeconds: (performance.now() - startedAt) / 1000 };
    yield { type: 'window-final', result };
  }
}

type Heard = Pick<WindowResult, 'language' | 'segments'> & { readonly warnings: readonly BackendWarning[] };

async function transcribeWindow(
  window: AudioWindow,
  options: TranscribeOptions,
  { native, header, threads }: LoadedModelOptions,
): Promise<Heard> {
  if (isDigitalSilence(window.samples)) return { segments: [], warnings: [] };
  const found = await runNative(native, padSamples(window.samples), nativeParameters(options, header, threads));
  const firstSpecialToken = END_OF_TEXT_TOKEN[header.isMultilingual ? 'multilingual' : 'english'];
  const words = found.flatMap((segment) => wordsOf(segment, firstSpecialToken));
  const composed = composeSegments(words, window, options);
  const language = composed.segments.length > 0 ? found[0]?.lang : undefined;
  return { ...composed, ...(language === undefined ? {} : { language }) };
}

/**
 * Beam search with whisper.cpp's own fallback to higher temperatures. No timestamp tokens: with them the model skips sentences of full windows. A language
 * that is not given costs a second encoder pass.
 */
function nativeParameters({ task, language, prompt }: TranscribeOptions, header: GgmlHeader, threads: number): object {
  return {
    strategy: BEAM_SEARCH_STRATEGY,
    beam_size: BEAM_SIZE,
    best_of: 1,
    n_threads: threads,
    format: 'detail',
    no_timestamps: true,
    token_timestamps: false,
    single_segment: true,
    no_context: true,
    suppress_blank: true,
    translate: task === 'translate',
    language: language ?? (header.isMultilingual ? 'auto' : 'en'),
    print_progress: false,
    print_realtime: false,
    print_timestamps: false,
    ...(prompt === undefined || prompt === '' ? {} : { initial_prompt: prompt }),
  };
}

function warning(code: string, message: string): TranscriptPart {
  return { type: 'warning', warning: { code, message } };
}
