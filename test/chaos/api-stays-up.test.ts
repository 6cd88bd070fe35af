import { join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { createClient } from '@voice-transcriber/client';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wavFile } from '../api/requests.js';

const FAULTS = ['segv', 'abort', 'exit', 'garbage', 'hang', 'out-of-memory', 'error-elsewhere', 'error-never'];
const ASK_MILLISECONDS = 100;

let directory: string;
let stack: Stack;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vt-api-stays-up-'));
  await installFakeModels(directory);
  stack = await startStack({
    env: {
      VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
      MODELS_DIR: directory,
      DEFAULT_MODEL: 'fake',
      AUDIO_OPTIMIZATION: 'False',
      INFERENCE_WINDOW_SECONDS_MAX: '4',
      UPLOADS_CONCURRENT_MAX: '16',
    },
  });
});
afterAll(async () => {
  await stack.stop();
  await rm(directory, { recursive: true, force: true });
});

test('while models crash, hang and write nonsense the API answers every request, and neither it nor the worker restarts', async () => {
  const client = createClient({ url: stack.apiUrl, apiKey: stack.apiKey });
  const worker = stack.workers[0];
  if (worker === undefined) throw new Error('There is no worker.');
  const ended: string[] = [];
  for (const { name, exited } of [stack.api, worker]) void exited.then(() => ended.push(name));
  const answers: boolean[] = [];
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      answers.push(
        await client.viewer().then(
          () => true,
          () => false,
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, ASK_MILLISECONDS));
    }
  })();

  const file = wavFile(10);
  const outcomes = await Promise.all(
    [undefined, ...FAULTS].map(async (verb) => {
      const prompt = verb === undefined ? {} : { prompt: `fake:${verb}@key=stays-${verb}` };
      const { transcription } = await client.createTranscription(new Blob([new Uint8Array(file)]), prompt);
      for await (const event of client.subscribe(transcription.id)) void event;
      return { verb: verb ?? 'healthy', state: (await client.transcription(transcription.id))?.state };
    }),
  );
  isOver = true;
  await asking;

  expect(outcomes.filter(({ verb }) => verb === 'healthy').map(({ state }) => state)).toEqual(['COMPLETED']);
  expect(outcomes.filter(({ verb, state }) => verb !== 'healthy' && state !== 'FAILED')).toEqual([]);
  expect(answers.length).toBeGreaterThan(10);
  expect(answers.filter((isAnswered) => !isAnswered)).toEqual([]);
  expect(ended).toEqual([]);
});
