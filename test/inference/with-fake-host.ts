import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SAMPLE_RATE_HZ, type AudioWindow, type TranscriptPart } from '@voice-transcriber/backend-sdk';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import {
  createInferenceHost,
  createModelStore,
  type Choice,
  type InferenceHost,
  type InferenceHostOptions,
  type InferenceJob,
} from '@voice-transcriber/inference';

export const QUIET_LOGGER = { debug: () => undefined, info: () => undefined, warn: () => undefined };

export interface FakeHost {
  readonly host: InferenceHost;
  readonly directory: string;
  choose(model?: string): Promise<Choice>;
  run(job?: FakeJob): Promise<TranscriptPart[]>;
  dispose(): Promise<void>;
}

export interface FakeJob extends Partial<Omit<InferenceJob, 'request'>> {
  readonly model?: string;
  readonly script?: string;
  readonly windowCount?: number;
  readonly windowSeconds?: number;
  readonly onPart?: (part: TranscriptPart) => void;
}

/** A host with the fake backend and models of its own directory, so that scripted counts start at zero. */
export async function createFakeHost(
  names: readonly string[] = ['fake'],
  overrides: Partial<InferenceHostOptions> = {},
): Promise<FakeHost> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'inference-'));
  await installFakeModels(directory, names);
  const host = createInferenceHost({
    backends: [{ name: 'fake', moduleUrl: FAKE_BACKEND_MODULE_URL }],
    modelStore: createModelStore({ directories: [directory] }),
    cacheSize: 2,
    threads: 1,
    gpuEnabled: true,
    gpuMemoryFraction: 0.8,
    memoryOptimization: true,
    logger: QUIET_LOGGER,
    ...overrides,
  });
  const choose = (model = names[0] ?? 'fake') => host.choose({ model, task: 'transcribe', wordTimes: true });
  return {
    host,
    directory,
    choose,
    run: async (job = {}) => {
      const parts: TranscriptPart[] = [];
      const { script, windowCount = 3, windowSeconds = 5, onPart, model, ...rest } = job;
      const request = {
        windows: makeWindows(windowCount, windowSeconds),
        options: { task: 'transcribe', wordTimes: true, ...(script === undefined ? {} : { prompt: script }) },
      } as const;
      const signal = new AbortController().signal;
      for await (const part of host.transcribe({
        choice: await choose(model),
        request,
        priority: 0,
        signal,
        ...rest,
      })) {
        onPart?.(part);
        parts.push(part);
      }
      return parts;
    },
    dispose: async () => {
      await host.dispose();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function makeWindows(count: number, seconds: number): AudioWindow[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    startSeconds: index * seconds,
    samples: new Float32Array(seconds * SAMPLE_RATE_HZ).fill(0.1),
  }));
}

export function finalIndexes(parts: readonly TranscriptPart[]): number[] {
  return parts.flatMap((part) => (part.type === 'window-final' ? [part.result.index] : []));
}

/** False also for a process that has ended and waits for init to take note, which may take seconds. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // Without /proc the signal alone tells.
    return (error as NodeJS.ErrnoException).syscall === 'open' && !existsSync('/proc');
  }
}
