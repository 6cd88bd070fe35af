import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AudioWindow, Backend, LoadedModel, WindowResult } from '@voice-transcriber/backend-sdk';
import backend, { createWhisperCppBackend } from '@voice-transcriber/backend-whisper-cpp';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY, type InferenceHost } from '@voice-transcriber/inference';
import { waitFor } from '@voice-transcriber/testkit';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRealHost, fixturePath, MODEL, readClipSamples } from './transcribe-clip.js';
import { isAlive } from './with-fake-host.js';

const GONE_MILLISECONDS_MAX = 2_000;
const STOPPED_MILLISECONDS_MAX = 5_000;
const REST_MILLISECONDS = 300;
const OPTIONS = { task: 'transcribe', wordTimes: false, language: 'en' } as const;

const report = await backend.probe();
const why = report.status === 'available' ? '' : ` (${report.reason} ${report.fix})`;

let speech: AudioWindow;

beforeAll(async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'whisper-server-'));
  speech = { index: 0, startSeconds: 0, samples: await readClipSamples(fixturePath('jfk.flac'), directory) };
  await rm(directory, { recursive: true, force: true });
});

describe.skipIf(report.status !== 'available')(`processes of whisper-server${why}`, () => {
  let host: InferenceHost | undefined;
  let model: LoadedModel | undefined;

  afterEach(async () => {
    await host?.dispose();
    await model?.dispose();
    host = undefined;
    model = undefined;
    expect(childrenOf(process.pid).filter(isServer)).toEqual([]);
  });

  test.each(['idle', 'in the middle of a window'])(
    'a server that is %s ends when the process that drives it is killed',
    { timeout: 60_000 },
    async (moment) => {
      host = createRealHost('whisper-cpp');
      const choice = await host.choose({ model: MODEL, ...OPTIONS });
      const job = { choice, request: { windows: [speech], options: OPTIONS }, priority: 0 };
      const run = async () => {
        for await (const part of host?.transcribe({ ...job, signal: new AbortController().signal }) ?? []) void part;
      };
      await run();
      const driver = host.loadedModels()[0]?.pid ?? 0;
      const [server = 0] = childrenOf(driver).filter(isServer);
      expect(isAlive(server)).toBe(true);
      const running = moment === 'idle' ? undefined : run().catch((error: unknown) => error);
      if (running !== undefined) await waitFor(() => isWorking(server), { timeoutMilliseconds: 20_000 });
      process.kill(driver, 'SIGKILL');
      await waitFor(() => !isAlive(server), { timeoutMilliseconds: GONE_MILLISECONDS_MAX });
      if (running !== undefined) expect(await running).toMatchObject({ code: 'process-crashed' });
    },
  );

  test('a cancelled window stops in the server, which then serves the next window', { timeout: 60_000 }, async () => {
    model = await load();
    await transcribe(model);
    const [server = 0] = childrenOf(process.pid).filter(isServer);
    const abort = new AbortController();
    const cancelled = transcribe(model, abort.signal).catch((error: unknown) => error);
    await waitFor(() => isWorking(server), { timeoutMilliseconds: 20_000 });
    abort.abort();
    expect(await cancelled).toMatchObject({ code: 'cancelled' });
    // Either the server noticed and waits, or it did not within its time and was replaced.
    await waitFor(() => isAtRest(server), { timeoutMilliseconds: STOPPED_MILLISECONDS_MAX });
    expect((await transcribe(model)).segments.length).toBeGreaterThan(0);
    expect(childrenOf(process.pid).filter(isServer)).toHaveLength(1);
  });

  test('two slots are two servers that work at once and hear the same', { timeout: 60_000 }, async () => {
    model = await load(createWhisperCppBackend({ configuredPath: undefined, foundPath: undefined, slots: 2 }));
    expect(model.capabilities).toMatchObject({ concurrency: 2, batchSize: 2 });
    expect(childrenOf(process.pid).filter(isServer)).toHaveLength(1);
    const [one, other] = await Promise.all([transcribe(model), transcribe(model)]);
    expect(childrenOf(process.pid).filter(isServer)).toHaveLength(2);
    expect(one.segments.length).toBeGreaterThan(0);
    expect(other.segments).toEqual(one.segments);
  });

  test(
    'a server that dies fails its window with a typed error, and the next window gets a new one',
    { timeout: 60_000 },
    async () => {
      model = await load();
      const [server = 0] = childrenOf(process.pid).filter(isServer);
      const failed = transcribe(model).catch((error: unknown) => error);
      await waitFor(() => isWorking(server), { timeoutMilliseconds: 20_000 });
      process.kill(server, 'SIGKILL');
      expect(await failed).toMatchObject({ code: 'process-crashed', retry: 'here' });
      expect((await transcribe(model)).segments.length).toBeGreaterThan(0);
      expect(isAlive(server)).toBe(false);
    },
  );
});

async function load(engine: Backend = backend): Promise<LoadedModel> {
  const files = await createModelStore({ directories: [EMBEDDED_MODELS_DIRECTORY] }).require(MODEL);
  const available = await engine.probe();
  const device = available.status === 'available' ? available.devices.find(({ kind }) => kind === 'cpu') : undefined;
  if (device === undefined) throw new Error('The backend offers no processor device.');
  return engine.load(files, { device, threads: 1 });
}

async function transcribe(model: LoadedModel, signal?: AbortSignal): Promise<WindowResult> {
  const request = { windows: [speech], options: OPTIONS };
  for await (const part of model.transcribe(request, signal === undefined ? {} : { signal })) {
    if (part.type === 'window-final') return part.result;
  }
  throw new Error('The window has no result.');
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statOf(Number(name))?.parent === pid)
    .map(Number);
}

function isServer(pid: number): boolean {
  return statOf(pid)?.name.startsWith('whisper-server') === true;
}

/** Whether the process uses the processor. */
async function isWorking(pid: number): Promise<boolean> {
  const before = statOf(pid)?.ticks;
  await new Promise((resolve) => setTimeout(resolve, REST_MILLISECONDS));
  return statOf(pid)?.ticks !== before;
}

/** Whether the process waits for work or is gone. */
async function isAtRest(pid: number): Promise<boolean> {
  return !(await isWorking(pid));
}

/** Fields of /proc/PID/stat; undefined for a process that is gone. */
function statOf(pid: number): { name: string; parent: number; ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, name = '', rest = ''] = /\((.*)\) (.*)$/s.exec(text) ?? [];
    const fields = rest.split(' ');
    return { name, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}
