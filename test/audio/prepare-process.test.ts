import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { probeAudio } from '@voice-transcriber/audio';
import { createProcessWatch, REPOSITORY_DIRECTORY, waitFor } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkbench, fixture, VAD_MODEL_PATH, type Workbench } from './workbench.js';

let bench: Workbench;
/** Two hours of silence: some seconds of work. */
let longPath: string;

beforeAll(async () => {
  bench = await createWorkbench();
  longPath = await bench.make('long.flac', '-f', 'lavfi', '-t', '7200', '-i', 'anullsrc=r=16000:cl=mono');
});

afterAll(async () => {
  await bench.dispose();
});

/** Processes whose command line names the workbench's folder or came from it. */
function processesOf(needle: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(needle);
      } catch {
        return false;
      }
    })
    .map(Number);
}

test('an abort ends the process and its ffmpeg within a second, and leaves no file', async () => {
  const abort = new AbortController();
  let abortedAt = 0;
  const work = bench.prepare(longPath, {
    signal: abort.signal,
    onProgress: () => {
      if (abortedAt > 0) return;
      expect(processesOf(longPath)).toHaveLength(1);
      abortedAt = performance.now();
      abort.abort(new Error('cancelled by the test'));
    },
  });
  await expect(work).rejects.toMatchObject({
    code: 'prepare-aborted',
    retry: 'here',
    cause: { message: 'cancelled by the test' },
  });
  expect(performance.now() - abortedAt).toBeLessThan(1000);
  await waitFor(() => processesOf(longPath).length === 0, { timeoutMilliseconds: 1000, what: 'the end of ffmpeg' });
  expect(await bench.leftovers()).toEqual([]);
});

test('a signal that fired before starts no process', async () => {
  await expect(bench.prepare(longPath, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'prepare-aborted',
  });
  expect(processesOf(longPath)).toEqual([]);
});

test('progress is told in order, at most four times a second', async () => {
  const seen: { decodedSeconds: number; at: number }[] = [];
  const prepared = await bench.prepare(longPath, {
    voiceActivity: false,
    onProgress: ({ decodedSeconds }) => seen.push({ decodedSeconds, at: performance.now() }),
  });
  expect(seen.length).toBeGreaterThan(1);
  const wallSeconds = ((seen.at(-1)?.at ?? 0) - (seen[0]?.at ?? 0)) / 1000;
  expect(seen.length - 1).toBeLessThanOrEqual(wallSeconds * 4 + 1);
  const decoded = seen.map((progress) => progress.decodedSeconds);
  expect(decoded).toEqual([...decoded].sort((left, right) => left - right));
  expect(decoded.at(-1)).toBeLessThanOrEqual(prepared.audioSeconds);
});

test('a wall limit ends the work with an error that may be tried again', async () => {
  await expect(bench.prepare(longPath, { limits: { wallSecondsMax: 0.6 } })).rejects.toMatchObject({
    code: 'prepare-failed',
    retry: 'here',
  });
  expect(processesOf(longPath)).toEqual([]);
});

test('an ffmpeg that takes more memory than allowed is ended', async () => {
  await expect(bench.prepare(longPath, { limits: { memoryBytesMax: 1024 ** 2 } })).rejects.toMatchObject({
    code: 'decode-failed',
    message: expect.stringContaining('memory') as string,
  });
});

test('when the prepare process is killed from outside, the error says so and nothing is left', async () => {
  let killed = false;
  const work = bench.prepare(longPath, {
    onProgress: () => {
      if (killed) return;
      killed = true;
      const [ffmpeg] = processesOf(longPath);
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${ffmpeg}/status`, 'utf8'))?.[1];
      process.kill(Number(parent), 'SIGKILL');
    },
  });
  await expect(work).rejects.toMatchObject({ code: 'prepare-failed', retry: 'here', details: { signal: 'SIGKILL' } });
  await waitFor(() => processesOf(longPath).length === 0, { timeoutMilliseconds: 2000, what: 'the end of ffmpeg' });
  expect((await bench.leftovers()).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('when its parent is killed, the prepare process and ffmpeg end too', async () => {
  const entry = pathToFileURL(`${REPOSITORY_DIRECTORY}/packages/audio/dist/index.js`).href;
  const options = {
    inputPath: longPath,
    container: 'flac',
    outputPath: bench.path('orphan/work.pcm'),
    tools: bench.tools,
    chunkSeconds: 600,
    voiceActivity: true,
    vadModelPath: VAD_MODEL_PATH,
  };
  const script = `import(${JSON.stringify(entry)}).then(({ prepareAudio }) =>
    prepareAudio({ ...${JSON.stringify(options)}, onProgress: () => process.stdout.write('working') }))`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const watch = createProcessWatch();
  try {
    await new Promise((started) => parent.stdout.once('data', started));
    watch.note(parent.pid ?? 0);
    expect(processesOf(longPath).length).toBeGreaterThan(0);
  } finally {
    parent.kill('SIGKILL');
  }
  expect(await watch.endLeaked(2000)).toEqual([]);
});

test('the same recording gives the same plan', async () => {
  const first = await bench.prepare(fixture('fleurs-de-004.ogg'));
  const second = await bench.prepare(fixture('fleurs-de-004.ogg'));
  expect(second.plan).toEqual(first.plan);
});

test('a damaged voice activity model is refused, not loaded', async () => {
  await expect(
    bench.prepare(fixture('lj-001-0002.flac'), { vadModelPath: fixture('lj-001-0002.flac') }),
  ).rejects.toMatchObject({ code: 'tools-missing' });
});

test('importing the package loads no native code', async () => {
  const entry = pathToFileURL(`${REPOSITORY_DIRECTORY}/packages/audio/dist/index.js`).href;
  const script = `await import(${JSON.stringify(entry)}); process.stdout.write(JSON.stringify(process.report.getReport().sharedObjects));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout).toContain('libc');
  expect(stdout).not.toMatch(/onnxruntime|\.node"/);
});

test('tools that vanished are said to be missing, not taken for a bad recording', async () => {
  const gone = '/nowhere/tool';
  const path = fixture('lj-001-0002.flac');
  for (const tools of [
    { ...bench.tools, ffprobePath: gone },
    { ...bench.tools, ffmpegPath: gone },
  ]) {
    await expect(bench.prepare(path, { tools })).rejects.toMatchObject({ code: 'tools-missing', retry: 'here' });
  }
  await expect(
    probeAudio(path, { container: 'flac', tools: { ...bench.tools, ffprobePath: gone } }),
  ).rejects.toMatchObject({ code: 'tools-missing' });
});

test('a disk that fills up while the work file grows is said to be full, and nothing is left', async (context) => {
  const mountPoint = bench.path('small');
  await mkdir(mountPoint);
  try {
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mountPoint]);
  } catch {
    context.skip('mounting a small tmpfs needs root');
  }
  try {
    const work = bench.prepare(longPath, { outputPath: `${mountPoint}/audio/work.pcm` });
    await expect(work).rejects.toMatchObject({
      code: 'prepare-failed',
      retry: 'here',
      details: { systemCode: 'ENOSPC' },
    });
    expect(await readdir(`${mountPoint}/audio`)).toEqual([]);
  } finally {
    await promisify(execFile)('umount', [mountPoint]);
  }
});
