import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type Backend, type Device, type ModelFiles } from '@voice-transcriber/backend-sdk';
import { childProcesses, openFiles } from './process-traces.js';

/** One line of output: what the process holds after a model was loaded, used and unloaded. */
export interface LoadRound {
  readonly residentBytes: number;
  readonly openFiles: number;
  readonly children: number;
}

export interface LoadRoundsRequest {
  readonly moduleUrl: string;
  readonly files: ModelFiles;
  readonly device: Device;
  readonly threads: number;
  readonly rounds: number;
  /** Speech, as 32-bit floats, and its language: what is hard to hear is tried several times over by some engines. */
  readonly speechFile: string;
  readonly language: string;
}

/** `node --expose-gc load-rounds-main.js REQUEST_JSON`: in a process of its own, so that what it measures is the backend's alone. */
const { moduleUrl, files, device, threads, rounds, speechFile, language } = JSON.parse(
  process.argv[2] ?? '{}',
) as LoadRoundsRequest;
const { default: backend } = (await import(moduleUrl)) as { default: Backend };
const samples = new Float32Array(new Uint8Array(await readFile(speechFile)).buffer);
const options = { task: 'transcribe', language, wordTimes: true } as const;

for (let round = 0; round < rounds; round++) {
  const model = await backend.load(files, { device, threads });
  const windows = [{ index: 0, startSeconds: 0, samples }];
  for await (const part of model.transcribe({ windows, options })) void part;
  await model.dispose();
  globalThis.gc?.();
  const line: LoadRound = {
    residentBytes: process.memoryUsage.rss(),
    openFiles: openFiles().length,
    children: childProcesses().length,
  };
  if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
}
