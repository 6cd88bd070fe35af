import { Worker } from 'node:worker_threads';
import { AudioError, findAudioError, type AudioErrorJson } from './audio-error.js';
import type { VoiceListener } from './voice-activity.js';

/** Of `samples` the first `count` are new; the array wanders to and fro, so that none is made anew for each piece. */
export type ToListening =
  | { readonly type: 'hear'; readonly samples: Float32Array; readonly count: number }
  | { readonly type: 'finish' }
  | { readonly type: 'close' };

/** One answer to each message but the last, in order. */
export type FromListening =
  | { readonly type: 'heard'; readonly probabilities: readonly number[]; readonly samples?: Float32Array }
  | { readonly type: 'failed'; readonly error: AudioErrorJson };

/** 16 s go over at once, as much as the model takes at once. */
const PIECE_SAMPLES = 16 * 16_000;
/** Pieces under way at most: decoding waits for the listener, and the memory does not grow. */
const AHEAD_MAX = 3;

interface Awaited {
  readonly resolve: (message: FromListening) => void;
  readonly reject: (error: AudioError) => void;
}

/** The voice activity model in a thread of its own, with an ear for quiet voices. */
export interface ThreadedListener extends VoiceListener {
  dispose(): Promise<void>;
}

/** Starts the thread. What goes wrong in it, a model that cannot be loaded included, is thrown by `push` or `finish` as an AudioError. */
export function startThreadedListener(vadModelPath: string): ThreadedListener {
  const worker = new Worker(new URL('./listening-thread.js', import.meta.url), { workerData: vadModelPath });
  const awaited: Awaited[] = [];
  const underWay: Promise<FromListening>[] = [];
  let death: AudioError | undefined;
  worker.on('message', (message: FromListening) => awaited.shift()?.resolve(message));
  const die = (cause: unknown): void => {
    death ??= new AudioError('prepare-failed', 'Listening for speech ended early. Start the transcription again.', {
      cause,
    });
    for (const { reject } of awaited.splice(0)) reject(death);
  };
  worker.on('error', die);
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      die(undefined);
      resolve();
    });
  });

  const send = (message: ToListening): void => {
    const answer = new Promise<FromListening>((resolve, reject) => {
      if (death === undefined) awaited.push({ resolve, reject });
      else reject(death);
    });
    answer.catch(() => undefined);
    underWay.push(answer);
    worker.postMessage(message, message.type === 'hear' ? [message.samples.buffer as ArrayBuffer] : []);
  };
  const takeAnswers = async (leftMax: number, onProbability: (probability: number) => void): Promise<void> => {
    while (underWay.length > leftMax) {
      const answer = await underWay.shift();
      if (answer?.type === 'failed') throw findAudioError(answer.error) ?? new Error(answer.error.message);
      if (answer?.samples !== undefined) free.push(answer.samples);
      answer?.probabilities.forEach(onProbability);
    }
  };

  const free: Float32Array[] = [];
  const takeFree = (): Float32Array => free.pop() ?? new Float32Array(PIECE_SAMPLES);
  let piece = takeFree();
  let filled = 0;
  return {
    push: async (samples, onProbability) => {
      for (let offset = 0; offset < samples.length;) {
        const part = samples.subarray(offset, offset + PIECE_SAMPLES - filled);
        piece.set(part, filled);
        filled += part.length;
        offset += part.length;
        if (filled < PIECE_SAMPLES) continue;
        send({ type: 'hear', samples: piece, count: filled });
        await takeAnswers(AHEAD_MAX, onProbability);
        piece = takeFree();
        filled = 0;
      }
    },
    finish: async (onProbability) => {
      send({ type: 'hear', samples: piece, count: filled });
      send({ type: 'finish' });
      await takeAnswers(0, onProbability);
    },
    // Not terminated: native code that is torn out of a run takes the whole process with it.
    dispose: async () => {
      worker.postMessage({ type: 'close' } satisfies ToListening);
      await ended;
    },
  };
}
