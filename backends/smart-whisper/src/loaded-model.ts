import {
  BackendError,
  SAMPLE_RATE_HZ,
  WINDOW_SECONDS_MAX,
  type AudioWindow,
  type Device,
  type LoadedModel,
  type Segment,
  type TranscribeOptions,
  type TranscribeRequest,
  type TranscriptPart,
  type WindowResult,
} from '@voice-transcriber/backend-sdk';
import { runNative, type NativeModel } from './binding.js';
import { breakLoops, dropNonSpeech } from './clean-words.js';
import type { GgmlHeader } from './ggml-header.js';
import { WHISPER_LANGUAGES } from './languages.js';
import { segmentsOf } from './segments.js';
import { findSpeech } from './speech-activity.js';
import { placeInRecording, timeWords } from './time-words.js';
import { wordsOf } from './words.js';

/** whisper.cpp ignores audio of a second or less: shorter windows are filled up with silence. */
const SAMPLES_MIN = 1.5 * SAMPLE_RATE_HZ;
/** Quieter than the last bit of 16-bit audio. */
const SILENCE_AMPLITUDE = 1 / 32_768;
/** Ids from the end-of-text token on carry no text. */
const END_OF_TEXT_TOKEN = { multilingual: 50_257, english: 50_256 } as const;
const BEAM_SEARCH_STRATEGY = 1;
const BEAM_SIZE = 5;
/** The model hears the first words better after a moment of silence; a full window has no room for it. */
const LEAD_SAMPLES = 0.5 * SAMPLE_RATE_HZ;
const SAMPLES_MAX = WINDOW_SECONDS_MAX * SAMPLE_RATE_HZ;

export interface LoadedModelOptions {
  readonly native: NativeModel;
  readonly header: GgmlHeader;
  readonly device: Device;
  readonly threads: number;
  readonly memoryBytes: number;
}

export function createLoadedModel(options: LoadedModelOptions): LoadedModel {
  const { native, header, device, memoryBytes } = options;
  let freeing: Promise<void> | undefined;
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
    transcribe: (request, { signal } = {}) => transcribe(request, options, signal),
    dispose: () => (freeing ??= native.free()),
  };
}

async function* transcribe(
  request: TranscribeRequest,
  model: LoadedModelOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<TranscriptPart> {
  checkRequest(request.options, model.header);
  for (const name of Object.keys(request.options.extra ?? {})) {
    yield warning('unknown-option', `smart-whisper does not know the option "${name}" and ignored it.`);
  }
  for (const window of request.windows) {
    if (signal?.aborted) throw new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
    yield { type: 'progress', windowIndex: window.index, fraction: 0 };
    const startedAt = performance.now();
    const { repeatsRemoved, ...heard } = await transcribeWindow(window, request.options, model);
    if (repeatsRemoved > 0) {
      yield warning('repetition-removed', `A phrase that followed itself ${repeatsRemoved + 1} times was kept once.`);
    }
    const result = { index: window.index, ...heard, inferenceSeconds: (performance.now() - startedAt) / 1000 };
    yield { type: 'window-final', result };
  }
}

function checkRequest({ language, task }: TranscribeOptions, header: GgmlHeader): void {
  const isEnglishOnly = !header.isMultilingual;
  if (language !== undefined && !(isEnglishOnly ? language === 'en' : WHISPER_LANGUAGES.has(language))) {
    throw new BackendError(
      'request-unsupported',
      `The model does not know the language "${language}". Leave the language out, or choose a multilingual model.`,
      { retry: 'elsewhere', details: { language } },
    );
  }
  if (task === 'translate' && isEnglishOnly) {
    throw new BackendError(
      'request-unsupported',
      'An English-only model cannot translate. Choose a multilingual one.',
      {
        retry: 'elsewhere',
      },
    );
  }
}

type Heard = Pick<WindowResult, 'language' | 'segments'> & { readonly repeatsRemoved: number };

async function transcribeWindow(
  window: AudioWindow,
  options: TranscribeOptions,
  { native, header, threads }: LoadedModelOptions,
): Promise<Heard> {
  const nothing: Heard = { segments: [], repeatsRemoved: 0 };
  if (!window.samples.some((sample) => Math.abs(sample) > SILENCE_AMPLITUDE)) return nothing;
  const bounds = {
    startSeconds: window.startSeconds,
    endSeconds: window.startSeconds + window.samples.length / SAMPLE_RATE_HZ,
  };
  const found = await runNative(native, padded(window.samples), nativeParameters(options, header, threads));
  const firstSpecialToken = END_OF_TEXT_TOKEN[header.isMultilingual ? 'multilingual' : 'english'];
  const heard = found.flatMap((segment) => wordsOf(segment, firstSpecialToken));
  const { words: spoken, repeatsRemoved } = breakLoops(dropNonSpeech(heard));
  if (spoken.length === 0) return nothing;
  const words = placeInRecording(timeWords(spoken, findSpeech(window.samples)), bounds);
  const segments = segmentsOf(words).map((segment): Segment =>
    options.wordTimes ? segment : { ...segment, words: [] },
  );
  const language = found[0]?.lang;
  return { segments, repeatsRemoved, ...(language === undefined ? {} : { language }) };
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

function padded(samples: Float32Array): Float32Array {
  const lead = Math.max(0, Math.min(LEAD_SAMPLES, SAMPLES_MAX - samples.length));
  const longer = new Float32Array(Math.max(SAMPLES_MIN, lead + samples.length));
  longer.set(samples, lead);
  return longer;
}

function warning(code: string, message: string): TranscriptPart {
  return { type: 'warning', warning: { code, message } };
}
