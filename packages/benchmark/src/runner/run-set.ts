import type { AudioWindow, TranscribeOptions } from '@voice-transcriber/backend-sdk';
import type { InferenceHost } from '@voice-transcriber/inference';
import type { BenchmarkCell } from '../benchmark-run.js';
import { readWindows, type PreparedClip } from './prepare-clips.js';

/** Enough to keep every slot of a model busy, few enough to hold little audio. */
const WINDOWS_IN_FLIGHT_MAX = 64;

export interface RunSetOptions {
  readonly host: InferenceHost;
  readonly cell: BenchmarkCell;
  readonly clips: readonly PreparedClip[];
  readonly prompt: string | null;
  readonly signal: AbortSignal;
}

export interface HeardClip {
  readonly name: string;
  readonly text: string;
  readonly language: string | null;
}

export interface SetOutcome {
  readonly durationSeconds: number;
  readonly firstWindowSeconds: number;
  /** In the order of the clips. */
  readonly heard: readonly HeardClip[];
}

/**
 * Sends the whole set through a model, as many recordings at once as fit: the model decides how many windows it takes together. A failure of one ends all.
 * Throws BackendError.
 */
export async function runSet(options: RunSetOptions): Promise<SetOutcome> {
  const { clips } = options;
  const heard = new Map<PreparedClip, HeardClip>();
  const running = new Map<PreparedClip, Promise<void>>();
  const startedAt = performance.now();
  let firstWindowAt: number | undefined;
  const onWindow = (): void => void (firstWindowAt ??= performance.now());
  const windowsInFlight = () => [...running.keys()].reduce((total, { windows }) => total + windows.length, 0);
  try {
    for (const clip of clips) {
      while (running.size > 0 && windowsInFlight() + clip.windows.length > WINDOWS_IN_FLIGHT_MAX) {
        await Promise.race(running.values());
      }
      const work = runClip(options, clip, onWindow).then((result) => {
        running.delete(clip);
        heard.set(clip, result);
      });
      // Its failure is told by the waits below.
      work.catch(() => undefined);
      running.set(clip, work);
    }
    await Promise.all(running.values());
  } finally {
    await Promise.allSettled(running.values());
  }
  const endedAt = performance.now();
  return {
    durationSeconds: (endedAt - startedAt) / 1000,
    firstWindowSeconds: ((firstWindowAt ?? endedAt) - startedAt) / 1000,
    heard: clips.flatMap((clip) => heard.get(clip) ?? []),
  };
}

async function runClip(options: RunSetOptions, clip: PreparedClip, onWindow: () => void): Promise<HeardClip> {
  const windows = await readWindows(clip);
  if (windows.length === 0) return { name: clip.name, text: '', language: null };
  // A short window may overtake a long one.
  const texts = new Map<number, string>();
  let language: string | null = null;
  for await (const part of transcribe(options, windows)) {
    if (part.type !== 'window-final') continue;
    onWindow();
    texts.set(part.result.index, part.result.segments.map(({ text }) => text).join(' '));
    language ??= part.result.language ?? null;
  }
  const text = windows.flatMap(({ index }) => texts.get(index) || []).join(' ');
  return { name: clip.name, text, language };
}

function transcribe({ host, cell, prompt, signal }: RunSetOptions, windows: readonly AudioWindow[]) {
  const options: TranscribeOptions = { task: 'transcribe', wordTimes: true, ...(prompt === null ? {} : { prompt }) };
  return host.transcribe({ choice: cell, request: { windows, options }, priority: 0, signal });
}

/** Loads the model by sending it a second of silence. Returns the seconds until it took windows. Throws BackendError. */
export async function loadModel(options: Pick<RunSetOptions, 'host' | 'cell' | 'signal'>): Promise<number> {
  const { host, cell, signal } = options;
  const startedAt = performance.now();
  let loadedAt = startedAt;
  const windows = [{ index: 0, startSeconds: 0, samples: new Float32Array(16_000) }];
  const parts = host.transcribe({
    choice: cell,
    request: { windows, options: { task: 'transcribe', wordTimes: false, language: 'en' } },
    priority: 0,
    signal,
    onStarted: () => void (loadedAt = performance.now()),
  });
  for await (const part of parts) void part;
  return (loadedAt - startedAt) / 1000;
}
