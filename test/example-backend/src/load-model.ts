import { setImmediate as letOthersRun } from 'node:timers/promises';
import {
  BackendError,
  type AudioWindow,
  type Device,
  type LoadedModel,
  type ModelFiles,
  type Segment,
  type TranscribeRequest,
  type TranscriptPart,
  type Word,
} from '@voice-transcriber/backend-sdk';
import { findBursts } from './find-bursts.js';
import { readProfile, type Profile } from './profile.js';

const WORDS_OF_SEGMENT_MAX = 8;

export async function loadModel(files: ModelFiles, device: Device): Promise<LoadedModel> {
  const profile = await readProfile(files);
  const life = { isOver: false };
  return {
    capabilities: {
      wordTimes: true,
      translation: false,
      languageDetection: false,
      batchSize: 1,
      concurrency: 2,
      cancellation: 'immediate',
    },
    memoryBytes: files.manifest.fileBytes,
    device,
    transcribe: (request, { signal } = {}) => transcribe(request, profile, { signal, life }),
    dispose: () => {
      life.isOver = true;
      return Promise.resolve();
    },
  };
}

interface Stops {
  readonly signal: AbortSignal | undefined;
  readonly life: { readonly isOver: boolean };
}

async function* transcribe(
  { windows, options }: TranscribeRequest,
  profile: Profile,
  stops: Stops,
): AsyncGenerator<TranscriptPart> {
  if (options.task === 'translate') {
    throw new BackendError('request-unsupported', 'energy-words does not translate. Use a Whisper model.', {
      retry: 'elsewhere',
    });
  }
  checkStops(stops);
  for (const name of Object.keys(options.extra ?? {})) {
    yield { type: 'warning', warning: { code: 'unknown-option', message: `energy-words knows no option "${name}".` } };
  }
  for (const window of windows) {
    yield { type: 'progress', windowIndex: window.index, fraction: 0 };
    // Hearing a window takes a millisecond or two; between windows others get their turn, and a cancellation is heard of.
    await letOthersRun();
    checkStops(stops);
    const startedAt = performance.now();
    const segments = toSegments(hearWords(window, profile), options.wordTimes);
    const result = {
      index: window.index,
      segments,
      inferenceSeconds: (performance.now() - startedAt) / 1000,
      ...(options.language !== undefined && segments.length > 0 ? { language: options.language } : {}),
    };
    yield { type: 'progress', windowIndex: window.index, fraction: 1 };
    checkStops(stops);
    yield { type: 'window-final', result };
  }
}

function checkStops({ signal, life }: Stops): void {
  if (signal?.aborted === true) {
    throw new BackendError('cancelled', 'The transcription was cancelled.', { retry: 'never' });
  }
  if (life.isOver) {
    throw new BackendError('backend-unavailable', 'The model was unloaded. Load it again.', { retry: 'here' });
  }
}

function hearWords({ samples, startSeconds }: AudioWindow, profile: Profile): Word[] {
  return findBursts(samples, profile).map((burst) => {
    const seconds = burst.endSeconds - burst.startSeconds;
    const { text = '' } = profile.words.find(({ secondsMax }) => seconds <= secondsMax) ?? profile.words.at(-1) ?? {};
    return {
      text,
      startSeconds: startSeconds + burst.startSeconds,
      endSeconds: startSeconds + burst.endSeconds,
      confidence: 1,
    };
  });
}

function toSegments(words: readonly Word[], withWords: boolean): Segment[] {
  const segments: Segment[] = [];
  for (let first = 0; first < words.length; first += WORDS_OF_SEGMENT_MAX) {
    const own = words.slice(first, first + WORDS_OF_SEGMENT_MAX);
    segments.push({
      text: own.map(({ text }) => text).join(' '),
      startSeconds: own[0]?.startSeconds ?? 0,
      endSeconds: own.at(-1)?.endSeconds ?? 0,
      confidence: 1,
      words: withWords ? own : [],
    });
  }
  return segments;
}
