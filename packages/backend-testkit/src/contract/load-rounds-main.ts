import { once } from 'node:events';
import { SAMPLE_RATE_HZ, type Backend, type Device, type ModelFiles } from '@voice-transcriber/backend-sdk';
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
}

/** `node --expose-gc load-rounds-main.js REQUEST_JSON`: in a process of its own, so that what it measures is the backend's alone. */
const { moduleUrl, files, device, threads, rounds } = JSON.parse(process.argv[2] ?? '{}') as LoadRoundsRequest;
const { default: backend } = (await import(moduleUrl)) as { default: Backend };
const samples = Float32Array.from(
  { length: 2 * SAMPLE_RATE_HZ },
  (_, position) => 0.1 * Math.sin(position / 20) * Math.sin(position / 2000),
);

for (let round = 0; round < rounds; round++) {
  const model = await backend.load(files, { device, threads });
  const windows = [{ index: 0, startSeconds: 0, samples }];
  for await (const part of model.transcribe({ windows, options: { task: 'transcribe', wordTimes: true } })) void part;
  await model.dispose();
  globalThis.gc?.();
  const line: LoadRound = {
    residentBytes: process.memoryUsage.rss(),
    openFiles: openFiles().length,
    children: childProcesses().length,
  };
  if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
}
