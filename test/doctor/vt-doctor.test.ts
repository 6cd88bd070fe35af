import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import type { Finding, Recommendation, Trial } from '@voice-transcriber/doctor';
import { REPOSITORY_DIRECTORY, startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../api/requests.js';

const VT = join(REPOSITORY_DIRECTORY, 'apps', 'cli', 'dist', 'main.js');

let directory: string;
let stack: Stack;
const servers: Server[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vt-doctor-'));
  await installFakeModels(join(directory, 'models'));
  stack = await startStack({
    env: { VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`, MODELS_DIR: join(directory, 'models') },
  });
});
afterAll(async () => {
  for (const server of servers) server.close();
  await stack.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly findings: readonly Finding[];
  readonly trials: readonly Trial[];
  readonly recommendations: readonly Recommendation[];
}

/** `vt doctor --json` with nothing in its environment but what is given. */
async function examine(
  environment: Record<string, string>,
  vtArguments: readonly string[] = ['--quick'],
): Promise<Outcome> {
  const { PATH = '' } = process.env;
  const env = { PATH, DATA_DIR: join(directory, 'data'), ...environment };
  const child = spawn(process.execPath, [VT, 'doctor', '--json', ...vtArguments], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { ...(JSON.parse(output) as Omit<Outcome, 'code'>), code };
}

const server = () => ({ VT_URL: stack.apiUrl, VT_API_KEY: stack.apiKey });

/** Serves on a free port of this machine until the tests end. */
async function listen(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  servers.push(started);
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

test('a sound installation has no problem but what the machine is short of, and every engine transcribed a clip whose text was checked', async () => {
  const { code, findings, trials, recommendations } = await examine({ ...server(), DATABASE_URL: stack.databaseUrl }, [
    '--models',
    'base-q8_0',
    '--seconds',
    '10',
  ]);
  const problems = findings.filter(({ level }) => level === 'problem');
  expect(problems.filter(({ code: one }) => !['speed', 'disk-space'].includes(one))).toEqual([]);
  expect(code).toBe(problems.length > 0 ? 1 : 0);
  expect(trials.length).toBeGreaterThan(0);
  expect(
    trials.every(({ selfTest }) => selfTest?.text.toLowerCase().includes('what you can do for your country')),
  ).toBe(true);
  const codes = findings.map((finding) => finding.code);
  const measured = [
    'upload-speed',
    'disk-speed',
    'preparation',
    'database',
    'migrations',
    'workers',
    'stuck',
    'event-loop',
  ];
  for (const one of measured) expect(codes).toContain(one);
  expect(recommendations).toMatchObject([{ model: 'base-q8_0', isBest: true, backend: expect.any(String) }]);

  // What was measured is kept: the page of the console recommends the same from it.
  const { json } = await query(
    stack,
    '{ system { recommendations { model backend threads concurrentJobs concurrentJobsMeasured best audioSecondsPerSecond reason } } }',
  );
  const [advice] = recommendations;
  expect(json.data.system.recommendations[0]).toMatchObject({
    model: 'base-q8_0',
    best: true,
    backend: advice?.backend,
    threads: advice?.threads,
    concurrentJobs: advice?.concurrentJobs,
    concurrentJobsMeasured: advice?.concurrentJobsMeasured,
    audioSecondsPerSecond: advice?.audioSecondsPerSecond,
  });
});

test('an engine that hears something else is a problem that quotes it, and nothing is recommended of it', async () => {
  const { code, findings, recommendations } = await examine(
    {
      VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
      MODELS_DIR: join(directory, 'models'),
      DEFAULT_MODEL: 'fake',
    },
    ['--models', 'fake', '--seconds', '5'],
  );
  expect(code).toBe(1);
  const [first] = findings.filter(({ code: one, level }) => one === 'backend' && level === 'problem');
  expect(first).toMatchObject({
    subject: expect.stringContaining('fake (fake'),
    measured: expect.stringContaining('somebody says "ask not what'),
  });
  expect(recommendations).toEqual([]);
});

test('ffmpeg that does not run, a database that is away, wrong values and wrong threads are all found at once', async () => {
  const { code, findings } = await examine({
    FFMPEG_PATH: '/nowhere/ffmpeg',
    DATABASE_URL: 'postgres://127.0.0.1:1/x',
    MAX_CONCURRENT_JOBS: 'many',
    INFERENCE_THREADS: '512',
    AUDIO_OPTIMIZATION: 'off',
    DEFAULT_MODEL: 'nobody-has-it',
    VT_URL: 'http://127.0.0.1:1',
    VT_API_KEY: 'x',
  });
  expect(code).toBe(1);
  const levels = new Map(findings.filter(({ level }) => level !== 'ok').map((finding) => [finding.code, finding]));
  expect(levels.get('ffmpeg')).toMatchObject({ level: 'problem', fix: expect.stringContaining('FFMPEG_PATH') });
  expect(levels.get('database')).toMatchObject({ level: 'problem', measured: expect.stringContaining('127.0.0.1:1') });
  expect(levels.get('configuration')).toMatchObject({
    level: 'problem',
    measured: 'MAX_CONCURRENT_JOBS=many is not accepted',
    fix: expect.stringMatching(/^Set MAX_CONCURRENT_JOBS to a whole number/),
  });
  expect(levels.get('threads')).toMatchObject({ level: 'warning', measured: expect.stringContaining('is 512') });
  expect(levels.get('audio-optimization')).toMatchObject({ level: 'warning' });
  expect(levels.get('model')).toMatchObject({ level: 'problem', subject: 'nobody-has-it' });
  expect(levels.get('server')).toMatchObject({
    level: 'warning',
    measured: expect.stringContaining('does not answer'),
  });
});

test('without any ffmpeg on PATH the packaged one is used and named, and a broken one on PATH is passed over', async () => {
  const tools = join(directory, 'tools');
  await mkdir(tools);
  for (const name of ['ffmpeg', 'ffprobe']) await writeFile(join(tools, name), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  const { findings } = await examine({ PATH: tools });
  expect(findings.find(({ code }) => code === 'ffmpeg')).toMatchObject({
    level: 'ok',
    measured: expect.stringContaining('(packaged)'),
  });
});

test('a damaged model is a problem that says how to replace it', async () => {
  const models = join(directory, 'damaged');
  await mkdir(models);
  const bytes = await readFile(join(REPOSITORY_DIRECTORY, 'models', 'ggml-base-q8_0.bin'));
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  await writeFile(join(models, 'ggml-base-q8_0.bin'), bytes);
  await copyFile(join(REPOSITORY_DIRECTORY, 'models', 'manifest.json'), join(models, 'manifest.json'));
  const { code, findings } = await examine({ MODELS_DIR: models });
  expect(code).toBe(1);
  expect(findings.find((finding) => finding.code === 'model' && finding.level === 'problem')).toMatchObject({
    subject: 'base-q8_0',
    fix: expect.stringContaining('vt models pull base-q8_0'),
  });
});

test('a proxy that refuses large bodies is found by a real upload through it, and the setting of the proxy is named', async () => {
  const target = new URL(stack.apiUrl);
  const proxy = await listen((incoming, outgoing) => {
    if (Number(incoming.headers['content-length'] ?? 0) > 1_000_000) {
      outgoing.writeHead(413).end('Request Entity Too Large');
      incoming.resume();
      return;
    }
    const { method, url: path, headers } = incoming;
    const forwarded = request({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  const { findings } = await examine({ VT_URL: proxy, VT_API_KEY: stack.apiKey }, [
    '--models',
    'absent',
    '--seconds',
    '1',
  ]);
  expect(findings.find(({ code }) => code === 'upload-speed')).toMatchObject({
    level: 'problem',
    measured: expect.stringContaining('refused with 413'),
    fix: expect.stringContaining('client_max_body_size'),
  });
  // Its database cannot be asked from here, so the server's own word on its workers is taken.
  expect(findings.find(({ code }) => code === 'workers')).toMatchObject({ level: 'ok' });
});

test('a server that is not ready, one whose loop is late, and slow real work are told', async () => {
  const system = { eventLoopDelayMsP99: 480, findings: [] };
  const work = { model: 'm', backend: 'b', device: 'cpu', audioSeconds: 10, inferenceSeconds: 25 };
  const late = await listen((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (data: Buffer) => (body += data.toString()));
    incoming.on('end', () => {
      const viewer = { viewer: { name: 'key', scope: 'READ' }, limits: { maxFileBytes: 1, defaultModel: 'm' } };
      const data = body.includes('viewer') ? viewer : { system, transcriptions: { nodes: [work] } };
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    });
  });
  const { findings } = await examine({ VT_URL: late, VT_API_KEY: 'x' });
  expect(findings.find(({ code }) => code === 'event-loop')).toMatchObject({
    level: 'warning',
    measured: expect.stringContaining('480.0 ms late'),
  });
  expect(findings.find(({ code }) => code === 'speed')).toMatchObject({
    level: 'warning',
    measured: expect.stringContaining('0.4x real time'),
  });
  const unready = await listen((_incoming, outgoing) => outgoing.writeHead(503).end('{}'));
  const broken = await examine({ VT_URL: unready, VT_API_KEY: 'x' });
  expect(broken.findings.find(({ code }) => code === 'server')).toMatchObject({ level: 'problem' });
  const refused = await examine({ VT_URL: stack.apiUrl, VT_API_KEY: 'vt_wrong' });
  expect(refused.findings.find(({ code }) => code === 'server')).toMatchObject({
    level: 'problem',
    fix: expect.stringContaining('VT_API_KEY'),
  });
});
