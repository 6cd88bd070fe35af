import { join } from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query, upload, wavFile } from './requests.js';
import { expectTraces, uploadTraces } from './traces.js';

const SELF_TEST_PROBLEM = /It heard "t0 t1000/;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    env: {
      VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}?gpu=4000000000`,
      DEFAULT_MODEL: 'fake',
      AUDIO_OPTIMIZATION: 'False',
    },
  });
  await installFakeModels(join(stack.dataDirectory, 'models'), ['fake']);
});
afterAll(() => stack.stop());

test.each([
  ['backend', { backend: 'no-such-backend' }, /There are: fake, /],
  ['device', { device: 'cuda:9' }, /There are: cpu \(fake\), .*cuda:0 \(fake\)/],
  ['device', { backend: 'onnxruntime', device: 'cuda:0' }, /There are: cpu \(onnxruntime\)\.$/],
])(
  'a %s that no worker offers is told with those that there are, and nothing is stored',
  async (field, input, message) => {
    const before = await uploadTraces(stack.dataDirectory);
    const { json } = await upload(stack, { file: wavFile(1, 13), input });
    expect(json.data.createTranscription).toMatchObject({ __typename: 'InvalidInputError', field });
    expect((json.data.createTranscription as { message: string }).message).toMatch(message);
    await expectTraces(stack.dataDirectory, before);
  },
);

test('what was asked for and what really ran it are told apart', async () => {
  const { json } = await upload(stack, { file: wavFile(8, 7), input: { backend: 'fake', device: 'cuda' } });
  const { id } = (json.data.createTranscription as { transcription: { id: string } }).transcription;
  const document = `query ($id: ID!) { transcription(id: $id) {
    state requestedBackend requestedDevice backend device candidates { backend device chosen reason failure } } }`;
  const done = await waitFor(
    async () => {
      const answer = await query(stack, document, { id });
      const { transcription } = answer.json.data as {
        transcription: { state: string; candidates: { reason: string }[] };
      };
      return transcription.state === 'COMPLETED' ? transcription : undefined;
    },
    { timeoutMilliseconds: 30_000, what: 'the transcript' },
  );
  expect(done).toMatchObject({
    requestedBackend: 'fake',
    requestedDevice: 'cuda',
    backend: 'fake',
    device: 'cuda:0',
  });
  expect(done.candidates.map(({ reason }) => reason)).toContain('The device "cuda" was asked for.');
});

test('a backend shows what it made of the known clip once a worker has tested it', async () => {
  await stack.killWorker(0);
  const tested = await startStack({
    env: { VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`, DEFAULT_MODEL: 'fake', SELF_TEST: 'True' },
  });
  try {
    await installFakeModels(join(tested.dataDirectory, 'models'), ['fake']);
    const selfTest = await waitFor(
      async () => {
        const answer = await query(
          tested,
          '{ backends { name selfTest { ok problem deviceRequested text capabilities { wordTimes translation languageDetection windowsAtOnce cancellation } } } }',
        );
        const { backends } = answer.json.data as { backends: { name: string; selfTest: object | null }[] };
        return backends.find(({ name }) => name === 'fake')?.selfTest ?? undefined;
      },
      { timeoutMilliseconds: 60_000, what: 'the self-test' },
    );
    expect(selfTest).toMatchObject({
      ok: false,
      deviceRequested: 'cpu',
      capabilities: { wordTimes: true, windowsAtOnce: expect.any(Number) as number },
    });
    expect((selfTest as { problem: string }).problem).toMatch(SELF_TEST_PROBLEM);
  } finally {
    await tested.stop();
  }
});
