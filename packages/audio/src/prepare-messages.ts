import { AudioError, findAudioError } from './audio-error.js';
import type { AudioTools } from './audio-tools.js';
import type { Plan, PlannedChunk, PlannedWindow } from './plan-transcription.js';

export interface PrepareLimits {
  /** Longer recordings are refused while they are decoded. */
  readonly audioSecondsMax: number;
  /** Wall time of the whole preparation. */
  readonly wallSecondsMax: number;
  /** Wall time without a decoded sample. */
  readonly stallSecondsMax: number;
  /** Memory that ffmpeg may take. */
  readonly memoryBytesMax: number;
}

export const PREPARE_LIMIT_DEFAULTS: PrepareLimits = {
  audioSecondsMax: 24 * 3600,
  wallSecondsMax: 2 * 3600,
  stallSecondsMax: 60,
  memoryBytesMax: 1024 ** 3,
};

/** `mixed`: one track of all channels. `separate`: each channel is a track, planned on its own; mono is one track either way. */
export type ChannelHandling = 'mixed' | 'separate';

/** The order given to the prepare process, as one line of JSON on its standard input. */
export interface PrepareOrder {
  readonly inputPath: string;
  readonly container: string;
  readonly outputPath: string;
  readonly tools: AudioTools;
  readonly chunkSeconds: number;
  readonly voiceActivity: boolean;
  readonly vadModelPath: string;
  readonly channels: ChannelHandling;
  readonly limits: PrepareLimits;
}

/** What was seen of one track. */
export interface SoundOutline {
  /** From 0; 0 for a mix. */
  readonly channel: number;
  /** Where somebody speaks, without padding: start, end, start, end … Null: it was not looked for. */
  readonly speechMilliseconds: readonly number[] | null;
  /** Loudest sample of each step, a byte each, in base64. */
  readonly peaksBase64: string;
  readonly peakSeconds: number;
}

export interface PreparedAudio {
  /** What was really decoded. */
  readonly audioSeconds: number;
  /** Detected speech with its padding, of all tracks; the whole recording when it was not looked for. */
  readonly speechSeconds: number;
  readonly plan: Plan;
  /** One per track; in the work file track n begins at n times `audioSeconds`. */
  readonly outlines: readonly SoundOutline[];
  /** Peak resident memory of the two processes. */
  readonly memoryBytesPeak: { readonly prepare: number; readonly ffmpeg: number };
}

/** What the prepare process says, one JSON line each. `done` or `failed` is the last. */
export type PrepareMessage =
  | { readonly type: 'progress'; readonly decodedSeconds: number }
  | { readonly type: 'done'; readonly prepared: PreparedAudio }
  | { readonly type: 'failed'; readonly error: AudioError };

export function encodePrepareMessage(message: PrepareMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/** Parses a line from the other process. Throws `prepare-failed` on anything that is no message: native code may have written into the pipe. */
export function parsePrepareMessage(line: string): PrepareMessage {
  const message = parseObject(line);
  if (message?.['type'] === 'progress' && isSeconds(message['decodedSeconds'])) {
    return { type: 'progress', decodedSeconds: message['decodedSeconds'] };
  }
  if (message?.['type'] === 'done') {
    const prepared = message['prepared'];
    if (isPreparedAudio(prepared)) return { type: 'done', prepared };
  }
  if (message?.['type'] === 'failed') {
    const error = findAudioError(message['error']);
    if (error !== undefined) return { type: 'failed', error };
  }
  throw new AudioError('prepare-failed', 'The prepare process sent something that is no message.', {
    details: { line: line.slice(0, 200) },
  });
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPreparedAudio(value: unknown): value is PreparedAudio {
  if (!isRecord(value) || !isRecord(value['plan']) || !isRecord(value['memoryBytesPeak'])) return false;
  const { prepare, ffmpeg } = value['memoryBytesPeak'];
  const chunks = value['plan']['chunks'];
  const numbers = [value['audioSeconds'], value['speechSeconds'], prepare, ffmpeg];
  const outlines = value['outlines'];
  return (
    numbers.every(isSeconds) &&
    Array.isArray(chunks) &&
    chunks.every(isChunk) &&
    Array.isArray(outlines) &&
    outlines.every(isOutline)
  );
}

function isOutline(value: unknown): value is SoundOutline {
  if (!isRecord(value) || ![value['channel'], value['peakSeconds']].every(isSeconds)) return false;
  const speech = value['speechMilliseconds'];
  return (
    typeof value['peaksBase64'] === 'string' && (speech === null || (Array.isArray(speech) && speech.every(isSeconds)))
  );
}

function isChunk(value: unknown): value is PlannedChunk {
  return isWindow(value) && 'windows' in value && Array.isArray(value.windows) && value.windows.every(isWindow);
}

function isWindow(value: unknown): value is PlannedWindow {
  return isRecord(value) && [value['index'], value['startSeconds'], value['endSeconds']].every(isSeconds);
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
