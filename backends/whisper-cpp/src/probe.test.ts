import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseCudaDevices, probeWhisperCpp } from './probe.js';

const NOTHING = { configuredPath: undefined, foundPath: undefined, slots: 1 };

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'whisper-cpp-probe-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function program(script: string): Promise<string> {
  const file = path.join(directory, 'whisper-server');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

test('a configured server that does not exist is told with the setting to correct', async () => {
  const report = await probeWhisperCpp({ ...NOTHING, configuredPath: path.join(directory, 'none') });
  expect(report).toMatchObject({
    status: 'unavailable',
    fix: expect.stringContaining('WHISPER_SERVER_PATH') as string,
  });
});

test('a server that cannot load its libraries is told in its own words', async () => {
  const configuredPath = await program('echo "libcuda.so.1: cannot open shared object file" >&2; exit 127');
  const report = await probeWhisperCpp({ ...NOTHING, configuredPath });
  expect(report).toMatchObject({ status: 'unavailable', reason: expect.stringContaining('libcuda.so.1') as string });
});

test('a program that is another one, or too old, is refused', async () => {
  const configuredPath = await program('echo "usage: something else"');
  const report = await probeWhisperCpp({ ...NOTHING, configuredPath });
  expect(report).toMatchObject({ status: 'unavailable', reason: expect.stringContaining('too old') as string });
});

test('a server with CUDA offers its graphics processors before the processor', async () => {
  const configuredPath = await program(`cat >&2 <<END
ggml_cuda_init: found 2 CUDA devices (Total VRAM: 45374 MiB):
  Device 0: NVIDIA L4, compute capability 8.9, VMM: yes, VRAM: 22491 MiB
  Device 1: NVIDIA RTX A5000, compute capability 8.6, VMM: yes, VRAM: 22883 MiB
usage: --request-path
END`);
  const report = await probeWhisperCpp({ ...NOTHING, configuredPath });
  expect(report.status === 'available' && report.devices.map(({ id, name }) => [id, name])).toEqual([
    ['cuda:0', 'NVIDIA L4'],
    ['cuda:1', 'NVIDIA RTX A5000'],
    ['cpu', os.cpus()[0]?.model ?? 'Processor'],
  ]);
});

test('memory of a graphics processor is read where the server tells it', () => {
  const text =
    'ggml_cuda_init: found 1 CUDA devices:\n  Device 0: NVIDIA L4, compute capability 8.9, VMM: yes, VRAM: 22491 MiB\n';
  expect(parseCudaDevices(text)[0]?.memoryBytesTotal).toBe(22_491 * 1024 * 1024);
  expect(parseCudaDevices(text.replace(', VRAM: 22491 MiB', ''))[0]?.memoryBytesTotal).toBe(0);
  expect(parseCudaDevices('usage: whisper-server\n  Device 0: x, compute capability 8.9\n')).toEqual([]);
});
