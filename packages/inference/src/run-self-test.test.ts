import { BackendError, type Capabilities, type TranscriptPart } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { heardShare, runSelfTest, type SelfTestOptions } from './run-self-test.js';
import { readSelfTestClip } from './self-test-clip.js';

const clip = await readSelfTestClip();
const candidate = { model: 'base', backend: 'one', device: 'cuda:0' };
const options: SelfTestOptions = { ...candidate, clip, signal: new AbortController().signal };

const capabilities: Capabilities = {
  wordTimes: true,
  translation: false,
  languageDetection: true,
  batchSize: 8,
  concurrency: 2,
  cancellation: 'window',
};

/** A host that says the given text on the given device, after failing as often as told. */
function hostThat({ says, device, failures = [] }: { says: string; device: string; failures?: BackendError[] }) {
  return {
    choose: () => Promise.resolve({ ...candidate, candidates: [] }),
    async *transcribe(job: {
      onStarted?: (start: { deviceActual: string; capabilities: Capabilities }) => unknown;
    }): AsyncGenerator<TranscriptPart> {
      await job.onStarted?.({ deviceActual: device, capabilities });
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      const segment = { text: says, startSeconds: 0, endSeconds: 11, confidence: 1, words: [] };
      yield { type: 'window-final', result: { index: 0, segments: [segment], inferenceSeconds: 2 } };
    },
  };
}

const crash = () => new BackendError('process-crashed', 'It crashed.', { retry: 'here' });

test('the bundled clip is eleven seconds of speech', () => {
  expect(clip.samples).toHaveLength(176_000);
  expect(clip.samples.some((sample) => sample > 0.3)).toBe(true);
});

test('the right words on the right device pass, with the speed that was measured and what the model can do', async () => {
  const says = `And so, my fellow Americans, ${clip.phrase}.`;
  const report = await runSelfTest(hostThat({ says, device: 'cuda:0' }), options);
  expect(report).toMatchObject({
    ok: true,
    text: says,
    deviceActual: 'cuda:0',
    audioSecondsPerSecond: 5.5,
    capabilities,
  });
});

test('other words fail, and so does another device', async () => {
  const wrongText = await runSelfTest(hostThat({ says: 'you you you', device: 'cuda:0' }), options);
  expect(wrongText).toMatchObject({ ok: false, problem: expect.stringContaining('you you you') as string });
  const wrongDevice = await runSelfTest(hostThat({ says: clip.phrase, device: 'cpu' }), options);
  expect(wrongDevice).toMatchObject({
    ok: false,
    deviceActual: 'cpu',
    problem: expect.stringContaining('cuda:0') as string,
  });
});

test('a crash is forgiven once, not twice', async () => {
  const host = (failures: BackendError[]) => hostThat({ says: clip.phrase, device: 'cuda:0', failures });
  expect(await runSelfTest(host([crash()]), options)).toMatchObject({ ok: true });
  expect(await runSelfTest(host([crash(), crash()]), options)).toMatchObject({ ok: false, problem: 'It crashed.' });
});

test('a lack of memory says nothing about a backend', async () => {
  const failures = [new BackendError('out-of-memory', 'No memory.', { retry: 'here' })];
  expect(await runSelfTest(hostThat({ says: '', device: 'cuda:0', failures }), options)).toBeUndefined();
});

test('words count in their order', () => {
  expect(heardShare(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'd'])).toBe(0.75);
  expect(heardShare(['a', 'b'], ['b', 'a'])).toBe(0.5);
  expect(heardShare(['a', 'b'], [])).toBe(0);
});
