import { BackendError } from '@voice-transcriber/backend-sdk';
import type { TextToken } from '@voice-transcriber/backend-sdk/whisper-cpp';

/** What the server heard in a window. */
export interface ServerAnswer {
  readonly tokens: readonly TextToken[];
  /** Only when it was asked to detect it: the most probable one, ISO 639-1. */
  readonly language?: { readonly code: string; readonly probability: number };
}

/** Reads the server's `verbose_json`; its `words` are tokens, joined where one holds half a character. Throws `inference-failed` for anything else. */
export function parseAnswer(body: string): ServerAnswer {
  try {
    const answer = record(JSON.parse(body));
    const tokens = list(answer['segments']).flatMap((segment) => list(record(segment)['words'] ?? []).map(parseToken));
    const language = mostProbable(answer['language_probabilities']);
    return { tokens, ...(language === undefined ? {} : { language }) };
  } catch (cause) {
    throw new BackendError('inference-failed', `whisper-server gave an answer that is none: ${body.slice(0, 200)}`, {
      retry: 'elsewhere',
      cause,
    });
  }
}

function parseToken(value: unknown): TextToken {
  const { word, probability } = record(value);
  if (typeof word !== 'string') throw new TypeError('A word is no text.');
  // A probability that is no number becomes null in JSON.
  return { text: word, probability: typeof probability === 'number' ? probability : 0 };
}

function mostProbable(value: unknown): ServerAnswer['language'] {
  const probabilities = Object.entries(value === undefined ? {} : record(value)).flatMap(([code, probability]) =>
    typeof probability === 'number' ? [{ code, probability }] : [],
  );
  return probabilities.sort((one, other) => other.probability - one.probability)[0];
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new TypeError('Not an object.');
  return value as Record<string, unknown>;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('Not a list.');
  return value;
}
