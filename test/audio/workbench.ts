import { execFile } from 'node:child_process';
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import {
  findAudioTools,
  prepareAudio,
  SNIFF_BYTES,
  sniffContainer,
  type AudioTools,
  type PreparedAudio,
  type PrepareOptions,
} from '@voice-transcriber/audio';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';

const run = promisify(execFile);

export const VAD_MODEL_PATH = join(REPOSITORY_DIRECTORY, 'models', 'silero-vad-16k-sequence-6.2.3.onnx');

/** A committed clip. */
export function fixture(name: string): string {
  return join(REPOSITORY_DIRECTORY, 'test', 'fixtures', 'audio', name);
}

export interface Workbench {
  readonly directory: string;
  readonly tools: AudioTools;
  path(name: string): string;
  /** Runs ffmpeg to make a test file; returns its path. */
  make(name: string, ...ffmpegArguments: readonly string[]): Promise<string>;
  /** Sniffs and prepares as the product does. */
  prepare(path: string, options?: Partial<PrepareOptions>): Promise<PreparedAudio>;
  /** What lies beside the inputs: work files and parts. */
  leftovers(): Promise<string[]>;
  dispose(): Promise<void>;
}

/** A temporary folder with the tools that the product would find. */
export async function createWorkbench(): Promise<Workbench> {
  const directory = await mkdtemp(join(tmpdir(), 'vt-audio-'));
  const tools = await findAudioTools();
  const outputDirectory = join(directory, 'out');
  return {
    directory,
    tools,
    path: (name) => join(directory, name),
    make: async (name, ...ffmpegArguments) => {
      const path = join(directory, name);
      await run(tools.ffmpegPath, ['-nostdin', '-loglevel', 'error', '-y', ...ffmpegArguments, path]);
      return path;
    },
    prepare: async (path, options = {}) =>
      prepareAudio({
        inputPath: path,
        container: options.container ?? sniffContainer(await readHead(path)),
        outputPath: join(outputDirectory, `${basename(path)}.pcm`),
        tools,
        chunkSeconds: 600,
        voiceActivity: true,
        vadModelPath: VAD_MODEL_PATH,
        ...options,
      }),
    leftovers: async () => readdir(outputDirectory).catch(() => []),
    dispose: async () => rm(directory, { recursive: true, force: true }),
  };
}

export async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The code of the error that the work throws; fails when it throws none. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
  throw new Error('No error was thrown.');
}
