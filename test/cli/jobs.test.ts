import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { type Client, createClient } from '@voice-transcriber/client';
import { REPOSITORY_DIRECTORY, type Stack, startStack, waitFor } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const VT = join(REPOSITORY_DIRECTORY, 'apps', 'cli', 'dist', 'main.js');
const CLIP = join(REPOSITORY_DIRECTORY, 'test', 'fixtures', 'audio', 'jfk.flac');
const SLOW = 'fake:slow@speed=0.01,key=jobs';

let directory: string;
let stack: Stack;
let client: Client;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vt-jobs-'));
  await installFakeModels(join(directory, 'models'));
  stack = await startStack({
    env: {
      VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
      MODELS_DIR: join(directory, 'models'),
      DEFAULT_MODEL: 'fake',
    },
  });
  client = createClient({ url: stack.apiUrl, apiKey: stack.apiKey });
});

afterAll(async () => {
  await stack.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function vtJobs(...vtArguments: string[]): Promise<Outcome> {
  return vtJobsWith({ VT_URL: stack.apiUrl, VT_API_KEY: stack.apiKey }, ...vtArguments);
}

function vtJobsWith(variables: Record<string, string>, ...vtArguments: string[]): Promise<Outcome> {
  const { PATH = '' } = process.env;
  const env = { PATH, DATA_DIR: directory, ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, [VT, 'jobs', ...vtArguments], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('a job is listed, shown, found by its state, and deleted for good', async () => {
  const { id, text } = await client.transcribe(CLIP);
  const list = await vtJobs('list', '--state', 'completed');
  expect(list).toMatchObject({ code: 0, stderr: '' });
  expect(list.stdout).toMatch(new RegExp(`^ID .*RECORDING\n${id} +completed +11 s +fake .* jfk\\.flac\n$`));
  expect((await vtJobs('list', '--state', 'failed')).stdout).toBe('No job fits.\n');

  const shown = await vtJobs('show', id);
  expect(shown.stdout).toMatch(/^Recording +jfk\.flac, .*\nState +completed\n/);
  expect(shown.stdout).toMatch(/\nEngine +fake on cpu\n/);
  expect(shown.stdout.endsWith(`\n\n${text ?? ''}\n`)).toBe(true);
  expect(JSON.parse((await vtJobs('show', id, '--json')).stdout)).toMatchObject({ id, text, state: 'COMPLETED' });

  expect(await vtJobs('delete', id)).toMatchObject({ code: 0, stdout: `${id} is deleted.\n` });
  expect(await client.transcription(id)).toBeUndefined();
  expect(await vtJobs('show', id)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('vt jobs list') as string,
  });
});

test('a running job is paused, resumed, cancelled and retried', async () => {
  const { transcription } = await client.createTranscription(CLIP, { prompt: SLOW });
  const { id } = transcription;
  const becomes = (state: string): Promise<unknown> =>
    waitFor(async () => (await client.transcription(id))?.state === state, {
      timeoutMilliseconds: 60_000,
      what: `the state ${state}`,
    });
  await becomes('TRANSCRIBING');
  expect(await vtJobs('pause', id)).toMatchObject({ code: 0, stdout: 'jfk.flac is paused.\n' });
  await becomes('PAUSED');
  expect((await vtJobs('resume', id)).code).toBe(0);
  await becomes('TRANSCRIBING');
  expect(await vtJobs('cancel', id)).toMatchObject({ code: 0, stdout: 'jfk.flac is cancelled.\n' });
  expect((await vtJobs('retry', id)).code).toBe(0);
  await becomes('TRANSCRIBING');
  expect(JSON.parse((await vtJobs('cancel', id, '--json')).stdout)).toEqual([{ id, state: 'CANCELLED' }]);
});

test('a job that cannot be changed is told by its id, and the others are changed all the same', async () => {
  const { transcription } = await client.createTranscription(CLIP, { prompt: `${SLOW}2` });
  const missing = Buffer.from('Transcription:00000000-0000-4000-8000-000000000000').toString('base64url');
  const { code, stdout, stderr } = await vtJobs('cancel', missing, transcription.id);
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'jfk.flac is cancelled.\n' });
  expect(stderr).toMatch(new RegExp(`^${missing}: .*\n1 of 2 jobs was not changed\\.\n$`));
});

test('a limit or a state that makes no sense is wrong usage', async () => {
  expect((await vtJobs('list', '--limit', '0')).code).toBe(2);
  expect((await vtJobs('list', '--state', 'lost')).code).toBe(2);
});

test('the times of a list are those of the clock on the wall', async () => {
  const { id, createdAt } = await client.transcribe(CLIP);
  const { stdout } = await vtJobsWith(
    { VT_URL: stack.apiUrl, VT_API_KEY: stack.apiKey, TZ: 'Asia/Kathmandu' },
    'show',
    id,
  );
  const inKathmandu = new Date(Date.parse(createdAt) + (5 * 60 + 45) * 60_000).toISOString();
  expect(stdout).toContain(`Created    ${inKathmandu.slice(0, 16).replace('T', ' ')}\n`);
});

test('a server without a key and an address that is none are told apart from a server that is away', async () => {
  expect(await vtJobsWith({}, 'list', '--url', stack.apiUrl)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`No key for ${stack.apiUrl} is known.`) as string,
  });
  expect(await vtJobsWith({}, 'list', '--url', 'nonsense', '--api-key', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"nonsense" is no address of a server') as string,
  });
});
