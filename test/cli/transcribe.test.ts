import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { REPOSITORY_DIRECTORY, type Stack, startStack, waitFor } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const VT = join(REPOSITORY_DIRECTORY, 'apps', 'cli', 'dist', 'main.js');
const clip = (name: string): string => join(REPOSITORY_DIRECTORY, 'test', 'fixtures', 'audio', name);

let directory: string;
let stack: Stack;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vt-cli-'));
  await installFakeModels(join(directory, 'models'));
  stack = await startStack({
    env: {
      VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
      MODELS_DIR: join(directory, 'models'),
      DEFAULT_MODEL: 'fake',
    },
  });
});

afterAll(async () => {
  await stack.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

function startVt(vtArguments: readonly string[], server = { VT_URL: stack.apiUrl, VT_API_KEY: stack.apiKey }) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [VT, ...vtArguments], { env: { PATH, DATA_DIR: directory, ...server } });
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (outcome.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (outcome.stderr += data.toString()));
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => {
      resolve({ ...outcome, code });
    });
  });
  return { child, outcome, ended };
}

test('the transcript goes to standard output and progress to standard error', async () => {
  const { code, stdout, stderr } = await startVt(['transcribe', clip('lj-001-0002.mp3'), '--format', 'srt']).ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n/);
  expect(stderr).toContain('uploading');
  expect(stderr).toContain('of audio in');
});

test('several recordings give one file each, and a refused one fails alone', async () => {
  const output = join(directory, 'out');
  const files = [clip('lj-001-0002.mp3'), clip('lj-001-0002.m4a'), clip('jfk.txt')];
  const { code, stdout, stderr } = await startVt(['transcribe', ...files, '--format', 'json', '--output', output])
    .ended;
  expect({ code, stderr }).toMatchObject({ code: 1 });
  expect(stdout.trim().split('\n')).toEqual([join(output, 'lj-001-0002.json'), join(output, 'lj-001-0002-2.json')]);
  expect(stderr).toMatch(/jfk\.txt: The file holds no audio/);
  expect((await readdir(output)).sort()).toEqual(['lj-001-0002-2.json', 'lj-001-0002.json']);
  expect(JSON.parse(await readFile(join(output, 'lj-001-0002.json'), 'utf8'))).toHaveProperty('segments');
});

test('Ctrl-C cancels on the server too', async () => {
  const marker = `fake:slow@speed=0.01,key=${String(process.pid)}`;
  const { child, outcome, ended } = startVt(['transcribe', clip('jfk.flac'), '--prompt', marker]);
  await waitFor(() => outcome.stderr.includes('transcribing'), { timeoutMilliseconds: 60_000, what: 'the start' });
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stdout: '' });
  const answer = await fetch(`${stack.apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.apiKey}` },
    body: JSON.stringify({ query: '{ transcriptions(first: 10) { nodes { state prompt } } }' }),
  });
  const { data } = (await answer.json()) as {
    data: { transcriptions: { nodes: { state: string; prompt: string }[] } };
  };
  expect(data.transcriptions.nodes.find(({ prompt }) => prompt === marker)?.state).toBe('CANCELLED');
});

test('wrong usage exits with 2, a server that is away with 3, a refused key with 1: each with a sentence', async () => {
  expect(await startVt(['transcribe']).ended).toMatchObject({ code: 2 });
  expect(await startVt(['transcribe', 'a.mp3', '--format', 'docx']).ended).toMatchObject({ code: 2 });
  const away = await startVt(['transcribe', 'a.mp3'], { VT_URL: 'http://127.0.0.1:1', VT_API_KEY: 'x' }).ended;
  expect(away).toMatchObject({ code: 3, stderr: expect.stringContaining('http://127.0.0.1:1') as string });
  expect(away.stderr).toContain('vt up');
  const refused = await startVt(['transcribe', 'a.mp3'], { VT_URL: stack.apiUrl, VT_API_KEY: 'vt_wrong' }).ended;
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('key') as string });
});

test('the doctor prints a line for each check, what to do below it, and what it recommends', async () => {
  const wrong = { VT_URL: stack.apiUrl, VT_API_KEY: stack.apiKey, MAX_CONCURRENT_JOBS: 'many' };
  const { code, stdout, stderr } = await startVt(['doctor', '--quick'], wrong).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/\d+ of \d+ checks failed\./);
  expect(stdout).toMatch(/✗ Configuration: MAX_CONCURRENT_JOBS=many is not accepted\n\s+→ Set MAX_CONCURRENT_JOBS to/);
  expect(stdout).toMatch(/✓ Engine onnxruntime: /);
  expect(stdout).toContain('Recommended for this machine');
});

test('every command explains itself with examples', async () => {
  for (const command of ['up', 'transcribe', 'jobs', 'models', 'benchmark', 'doctor', 'sign-in-link']) {
    const { code, stdout } = await startVt([command, '--help']).ended;
    expect({ code, command, hasExample: stdout.includes(`$ vt ${command}`) }).toEqual({
      code: 0,
      command,
      hasExample: true,
    });
  }
  expect((await startVt(['--version']).ended).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
