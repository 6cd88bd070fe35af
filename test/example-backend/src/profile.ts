import { readFile } from 'node:fs/promises';
import { BackendError, type ModelFiles } from '@voice-transcriber/backend-sdk';

/** What counts as a burst of sound, and what each is called. */
export interface Profile {
  /** A frame is part of a burst when the root of its mean square is above this. */
  readonly thresholdAmplitude: number;
  /** Silence that is shorter does not end a burst. */
  readonly pauseSeconds: number;
  /** By rising length; the last is for everything longer. */
  readonly words: readonly { readonly secondsMax: number; readonly text: string }[];
}

/** Reads a model file. Throws BackendError `model-missing` or `model-corrupt`. */
export async function readProfile({ path, manifest }: ModelFiles): Promise<Profile> {
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new BackendError('model-missing', `The profile ${path} cannot be read. Install the model again.`, {
      retry: 'elsewhere',
      cause,
    });
  });
  if (Buffer.byteLength(content) !== manifest.fileBytes) throw corrupt(path, 'its size is not the announced one');
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw corrupt(path, 'it is no JSON', cause);
  }
  if (!isProfile(value)) throw corrupt(path, 'it is no profile');
  return value;
}

function isProfile(value: unknown): value is Profile {
  const { thresholdAmplitude, pauseSeconds, words } = (value ?? {}) as Record<string, unknown>;
  return (
    isPositive(thresholdAmplitude) &&
    isPositive(pauseSeconds) &&
    Array.isArray(words) &&
    words.length > 0 &&
    words.every((word: Record<string, unknown>) => isPositive(word['secondsMax']) && typeof word['text'] === 'string')
  );
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}

function corrupt(path: string, how: string, cause?: unknown): BackendError {
  return new BackendError('model-corrupt', `The profile ${path} is damaged: ${how}. Install the model again.`, {
    retry: 'elsewhere',
    cause,
  });
}
