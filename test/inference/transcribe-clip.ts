import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { speechInside, type AudioWindow, type Segment, type WindowResult } from '@voice-transcriber/backend-sdk';
import { findAudioTools, prepareAudio, readWindowSamples, sniffContainer, SNIFF_BYTES } from '@voice-transcriber/audio';
import {
  createInferenceHost,
  createModelStore,
  EMBEDDED_MODELS_DIRECTORY,
  type InferenceHost,
} from '@voice-transcriber/inference';
import { QUIET_LOGGER } from './with-fake-host.js';

export const MODEL = 'base-q8_0';
const VAD_MODEL_PATH = path.join(EMBEDDED_MODELS_DIRECTORY, 'silero-vad-16k-sequence-6.2.3.onnx');
const CHUNK_SECONDS = 600;

export type RealBackend = 'onnxruntime' | 'smart-whisper' | 'whisper-cpp';

/** A host with one real backend, made as a worker makes it. */
export function createRealHost(backend: RealBackend): InferenceHost {
  return createInferenceHost({
    backends: [{ name: backend, moduleUrl: import.meta.resolve(`@voice-transcriber/backend-${backend}`) }],
    modelStore: createModelStore({ directories: [EMBEDDED_MODELS_DIRECTORY] }),
    cacheSize: 1,
    threads: 2,
    gpuEnabled: false,
    gpuMemoryFraction: 0.8,
    memoryOptimization: true,
    logger: QUIET_LOGGER,
  });
}

export interface ClipTranscript {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly results: readonly WindowResult[];
  readonly audioSeconds: number;
  readonly speechSeconds: number;
  readonly inferenceSeconds: number;
}

/** A recording's way through decode, voice activity, plan and model, without queue and database. */
export async function transcribeClip(
  host: InferenceHost,
  file: string,
  { workDirectory, language }: { workDirectory: string; language?: string },
): Promise<ClipTranscript> {
  const workFile = path.join(workDirectory, `${path.basename(file)}.pcm`);
  const prepared = await prepareAudio({
    inputPath: file,
    container: sniffContainer(await readHead(file)),
    outputPath: workFile,
    tools: await findAudioTools(),
    chunkSeconds: CHUNK_SECONDS,
    voiceActivity: true,
    vadModelPath: VAD_MODEL_PATH,
  });
  const read = await openRange(workFile);
  try {
    const windows = await Promise.all(
      prepared.plan.chunks
        .flatMap((chunk) => chunk.windows)
        .map(async (window): Promise<AudioWindow> => {
          const { index, startSeconds } = window;
          const speech = speechInside(window, prepared.outlines[0]?.speechMilliseconds);
          const samples = await readWindowSamples(read.range, window);
          return { index, startSeconds, samples, ...(speech === undefined ? {} : { speech }) };
        }),
    );
    const options = { task: 'transcribe', wordTimes: true, ...(language === undefined ? {} : { language }) } as const;
    const choice = await host.choose({ model: MODEL, ...options });
    const results: WindowResult[] = [];
    const signal = new AbortController().signal;
    for await (const part of host.transcribe({ choice, request: { windows, options }, priority: 0, signal })) {
      if (part.type === 'window-final') results.push(part.result);
    }
    // They come as they are done.
    results.sort((one, other) => one.index - other.index);
    const segments = results.flatMap((result) => result.segments);
    return {
      text: segments.map((segment) => segment.text).join(' '),
      segments,
      results,
      audioSeconds: prepared.audioSeconds,
      speechSeconds: prepared.speechSeconds,
      inferenceSeconds: results.reduce((total, { inferenceSeconds }) => total + inferenceSeconds, 0),
    };
  } finally {
    await read.close();
    await rm(workFile, { force: true });
  }
}

/** Samples of a whole short clip, decoded as the product does. */
export async function readClipSamples(file: string, workDirectory: string): Promise<Float32Array> {
  const workFile = path.join(workDirectory, `${path.basename(file)}.pcm`);
  const prepared = await prepareAudio({
    inputPath: file,
    container: sniffContainer(await readHead(file)),
    outputPath: workFile,
    tools: await findAudioTools(),
    chunkSeconds: CHUNK_SECONDS,
    voiceActivity: false,
    vadModelPath: VAD_MODEL_PATH,
  });
  const content = await readFile(workFile);
  return readWindowSamples(
    ({ startByte, lengthBytes }) => Promise.resolve(content.subarray(startByte, startByte + lengthBytes)),
    { startSeconds: 0, endSeconds: prepared.audioSeconds },
  );
}

export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/audio/${name}`, import.meta.url));
}

async function readHead(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function openRange(file: string) {
  const handle = await open(file, 'r');
  return {
    range: async ({ startByte, lengthBytes }: { startByte: number; lengthBytes: number }) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(lengthBytes), 0, lengthBytes, startByte);
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}
