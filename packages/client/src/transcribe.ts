import { abortableDelay } from './abortable-delay.js';
import {
  type Context,
  createTranscription,
  type CreatedTranscription,
  type CreateOptions,
} from './create-transcription.js';
import { ClientError, isPassing } from './errors.js';
import { linkSignals } from './linked-signal.js';
import { createRandomKey } from './random-key.js';
import { isServerSource, type RecordingSource } from './transcription-source.js';
import type { Transcriptions } from './transcriptions.js';
import type { Transcription, TranscriptionOptions } from './types.js';
import { waitForEnd, type WaitOptions } from './wait-for-end.js';

export interface TranscribeCallbacks extends Omit<CreateOptions, 'signal'>, Omit<WaitOptions, 'signal'> {
  onCreated?: ((transcription: Transcription) => void) | undefined;
  /** Aborting cancels the transcription on the server too. */
  signal?: AbortSignal | undefined;
}

const UPLOAD_ATTEMPTS = 3;
const DAY_SECONDS = 86_400;

export async function transcribe(
  context: Context,
  calls: Transcriptions,
  source: RecordingSource,
  options: TranscriptionOptions,
  callbacks: TranscribeCallbacks,
): Promise<Transcription> {
  const { signal, dispose } = linkSignals([callbacks.signal], {
    milliseconds: (callbacks.timeoutSeconds ?? DAY_SECONDS) * 1000,
  });
  let id: string | undefined;
  try {
    const { transcription } = await createPersistently(context, source, options, { ...callbacks, signal });
    ({ id } = transcription);
    callbacks.onCreated?.(transcription);
    return await waitForEnd(context, calls, id, { ...callbacks, signal, timeoutSeconds: undefined });
  } catch (error) {
    if (!signal.aborted) throw error;
    if (id !== undefined) await calls.cancel(id).catch(() => undefined);
    if (callbacks.signal?.aborted) throw error;
    throw new ClientError('timed-out', 'The transcription took too long and was cancelled.', { cause: error });
  } finally {
    dispose();
  }
}

/** Uploads again when the server went away in the middle. The idempotency key keeps that from making two transcriptions. */
async function createPersistently(
  context: Context,
  source: RecordingSource,
  options: TranscriptionOptions,
  upload: CreateOptions,
): Promise<CreatedTranscription> {
  const idempotencyKey = options.idempotencyKey ?? createRandomKey();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await createTranscription(context, source, { ...options, idempotencyKey }, upload);
    } catch (error) {
      if (!isPassing(error) || !canBeSentAgain(source) || attempt === UPLOAD_ATTEMPTS) throw error;
      await abortableDelay(500 * 2 ** attempt, upload.signal);
    }
  }
}

/** A stream is used up. */
function canBeSentAgain(source: RecordingSource): boolean {
  return typeof source === 'string' || source instanceof Blob || isServerSource(source);
}
