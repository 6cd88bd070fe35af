import { BackendError, type TranscribeOptions } from '../index.js';
import type { GgmlHeader } from './ggml-header.js';
import { WHISPER_LANGUAGES } from './languages.js';

/** Throws BackendError `request-unsupported` for a language or task that the checkpoint does not know. */
export function checkRequest(
  { language, task }: TranscribeOptions,
  { isMultilingual }: Pick<GgmlHeader, 'isMultilingual'>,
): void {
  if (language !== undefined && !(isMultilingual ? WHISPER_LANGUAGES.has(language) : language === 'en')) {
    throw new BackendError(
      'request-unsupported',
      `The model does not know the language "${language}". Leave the language out, or choose a multilingual model.`,
      { retry: 'elsewhere', details: { language } },
    );
  }
  if (task === 'translate' && !isMultilingual) {
    throw new BackendError(
      'request-unsupported',
      'An English-only model cannot translate. Choose a multilingual one.',
      { retry: 'elsewhere' },
    );
  }
}
