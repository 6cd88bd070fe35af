import {
  BackendError,
  SAMPLE_RATE_HZ,
  WINDOW_SECONDS_MAX,
  type BackendWarning,
  type TranscribeRequest,
} from '@voice-transcriber/backend-sdk';
import { isDecodingOption, readDecodingOptions } from './decoding/decoding-options.js';
import type { ModelVocabulary } from './vocabulary/model-vocabulary.js';

/** Throws `request-unsupported` for what this model cannot do, and for options whose value makes no sense. */
export function checkRequest({ windows, options }: TranscribeRequest, vocabulary: ModelVocabulary): void {
  const { language, task } = options;
  readDecodingOptions(options);
  if (!vocabulary.multilingual && task === 'translate') {
    throw unsupported('An English-only model does not translate. Use a multilingual model.');
  }
  if (!vocabulary.multilingual && language !== undefined && language !== 'en') {
    throw unsupported(`An English-only model does not know ${language}. Use a multilingual model.`);
  }
  if (vocabulary.multilingual && language !== undefined && !vocabulary.special.languages.has(language)) {
    throw unsupported(`The model does not know the language ${language}.`);
  }
  const tooLong = windows.find((window) => window.samples.length > WINDOW_SECONDS_MAX * SAMPLE_RATE_HZ);
  if (tooLong !== undefined) throw unsupported(`Window ${tooLong.index} is longer than ${WINDOW_SECONDS_MAX} s.`);
}

/** One warning per option that this engine does not know. */
export function findWarnings({ options }: TranscribeRequest): readonly BackendWarning[] {
  const unknown = Object.keys(options.extra ?? {}).filter((name) => !isDecodingOption(name));
  return unknown.map((name) => ({
    code: 'unknown-option',
    message: `The option ${name} is not known to onnxruntime and was ignored.`,
  }));
}

function unsupported(message: string): BackendError {
  return new BackendError('request-unsupported', message, { retry: 'never' });
}
