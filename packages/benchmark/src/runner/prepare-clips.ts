import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import {
  AudioError,
  prepareAudio,
  readWindowSamples,
  sniffContainer,
  SNIFF_BYTES,
  type AudioTools,
  type PlannedWindow,
} from '@voice-transcriber/audio';
import { speechInside, type AudioWindow, type TimeSpan } from '@voice-transcriber/backend-sdk';
import type { BenchmarkAudio } from '../benchmark-run.js';
import { BenchmarkError } from '../parse-order.js';
import { findRecordings, type Recording } from './find-recordings.js';

/** As long as the product's own default. */
const CHUNK_SECONDS = 600;

export interface PreparedClip extends Recording {
  readonly audioSeconds: number;
  readonly speechSeconds: number;
  readonly windows: readonly (PlannedWindow & { readonly speech: readonly TimeSpan[] | undefined })[];
  /** Raw audio, which stays on disk: the memory that is measured is the model's. */
  readonly workFile: string;
}

export interface PrepareClipsOptions {
  readonly directory: string;
  readonly language: string | null;
  readonly tools: AudioTools;
  readonly vadModelPath: string;
  /** For the decoded audio; the caller removes it. */
  readonly workDirectory: string;
  readonly signal: AbortSignal;
}

/**
 * Decodes and plans every recording of a folder once, as the product does. Recordings that cannot be decoded are left out and named in `problems`. Throws
 * BenchmarkError when none is left.
 */
export async function prepareClips(
  options: PrepareClipsOptions,
): Promise<{ readonly clips: readonly PreparedClip[]; readonly audio: BenchmarkAudio }> {
  const startedAt = performance.now();
  const clips: PreparedClip[] = [];
  const problems: string[] = [];
  for (const [index, recording] of (await findRecordings(options.directory, options.language)).entries()) {
    try {
      clips.push(await prepareClip(recording, path.join(options.workDirectory, `${index}.pcm`), options));
    } catch (error) {
      if (options.signal.aborted || !(error instanceof AudioError)) throw error;
      problems.push(`${recording.name} was left out: ${error.message}`);
    }
  }
  if (clips.length === 0) {
    throw new BenchmarkError(
      'audio-missing',
      `No recording in ${options.directory} could be decoded. ${problems.join(' ')}`,
    );
  }
  return { clips, audio: describeAudio(clips, problems, (performance.now() - startedAt) / 1000) };
}

function describeAudio(
  clips: readonly PreparedClip[],
  problems: readonly string[],
  prepareSeconds: number,
): BenchmarkAudio {
  return {
    clips: clips.map(({ name, audioSeconds, speechSeconds, windows, language, reference }) => ({
      name,
      audioSeconds,
      speechSeconds,
      windows: windows.length,
      language,
      reference,
    })),
    audioSeconds: clips.reduce((total, { audioSeconds }) => total + audioSeconds, 0),
    prepareSeconds,
    problems,
  };
}

async function prepareClip(
  recording: Recording,
  workFile: string,
  { tools, vadModelPath, signal }: PrepareClipsOptions,
): Promise<PreparedClip> {
  const { plan, audioSeconds, speechSeconds, outlines } = await prepareAudio({
    inputPath: recording.path,
    container: sniffContainer(await readHead(recording.path)),
    outputPath: workFile,
    tools,
    chunkSeconds: CHUNK_SECONDS,
    voiceActivity: true,
    vadModelPath,
    signal,
  });
  const windows = plan.chunks
    .flatMap((chunk) => chunk.windows)
    .map((window) => ({ ...window, speech: speechInside(window, outlines[0]?.speechMilliseconds) }));
  return { ...recording, audioSeconds, speechSeconds, windows, workFile };
}

/** The windows of a clip with their samples. */
export async function readWindows({ windows, workFile }: PreparedClip): Promise<AudioWindow[]> {
  if (windows.length === 0) return [];
  const handle = await open(workFile, 'r');
  try {
    const read: AudioWindow[] = [];
    for (const window of windows) {
      const samples = await readWindowSamples(
        ({ startByte, lengthBytes }) => readRange(handle, startByte, lengthBytes),
        window,
      );
      const { index, startSeconds, speech } = window;
      read.push({ index, startSeconds, samples, ...(speech === undefined ? {} : { speech }) });
    }
    return read;
  } finally {
    await handle.close();
  }
}

async function readHead(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    return await readRange(handle, 0, SNIFF_BYTES);
  } finally {
    await handle.close();
  }
}

async function readRange(handle: FileHandle, startByte: number, lengthBytes: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(lengthBytes), 0, lengthBytes, startByte);
  return buffer.subarray(0, bytesRead);
}
