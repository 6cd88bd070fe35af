import { ClientError } from './errors.js';
import type { Connection } from './graphql-request.js';
import { linkSignals } from './linked-signal.js';
import type { Platform } from './platform.js';
import { type SubscribeOptions, subscribeToTranscription } from './subscribe.js';
import type { Transcriptions } from './transcriptions.js';
import type { Progress, Transcription, TranscriptionEvent, TranscriptionState } from './types.js';

export interface WaitOptions extends Omit<SubscribeOptions, 'after'> {
  onProgress?: ((progress: Progress, state: TranscriptionState) => void) | undefined;
  onEvent?: ((event: TranscriptionEvent) => void) | undefined;
  /** Default 24 h. */
  timeoutSeconds?: number | undefined;
}

const DAY_SECONDS = 86_400;

/** The finished transcription, also a partial one. Throws ClientError: 'transcription-failed', 'transcription-cancelled', 'timed-out'. */
export async function waitForEnd(
  { connection, platform }: { connection: Connection; platform: Platform },
  calls: Transcriptions,
  id: string,
  { onProgress, onEvent, timeoutSeconds = DAY_SECONDS, ...options }: WaitOptions,
): Promise<Transcription> {
  const { signal, dispose } = linkSignals([options.signal], { milliseconds: timeoutSeconds * 1000 });
  try {
    let state: TranscriptionState = 'QUEUED';
    const { webSocket } = platform;
    for await (const event of subscribeToTranscription({ connection, webSocket }, id, { ...options, signal })) {
      onEvent?.(event);
      if (event.type === 'snapshot') state = event.transcription.state;
      if (event.type === 'state-changed') ({ state } = event);
      const progress =
        'progress' in event ? event.progress : 'transcription' in event ? event.transcription.progress : undefined;
      if (progress) onProgress?.(progress, state);
    }
    return finished(await calls.transcription(id, { signal }));
  } catch (error) {
    if (!signal.aborted || options.signal?.aborted) throw error;
    throw new ClientError('timed-out', 'The transcription did not end in time. It goes on.', { cause: error });
  } finally {
    dispose();
  }
}

function finished(transcription: Transcription | undefined): Transcription {
  if (!transcription) throw new ClientError('not-found', 'The transcription was deleted before it was read.');
  const { state, error } = transcription;
  if (state === 'CANCELLED') throw new ClientError('transcription-cancelled', 'The transcription was cancelled.');
  if (state === 'FAILED') {
    const message = error?.message ?? 'The transcription failed.';
    throw new ClientError('transcription-failed', message, { serverCode: error?.code });
  }
  return transcription;
}
