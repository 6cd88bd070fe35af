import { BackendError, type BackendErrorCode } from '@voice-transcriber/backend-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFakeHost, finalIndexes, type FakeHost } from './with-fake-host.js';

let fake: FakeHost;
const escaped: unknown[] = [];
const remember = (error: unknown) => void escaped.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', remember);
  process.on('uncaughtException', remember);
  fake = await createFakeHost();
});

afterAll(async () => {
  await fake.dispose();
  process.off('unhandledRejection', remember);
  process.off('uncaughtException', remember);
  expect(escaped).toEqual([]);
});

const FAULTS: readonly [verb: string, code: BackendErrorCode, retry: string, details?: object][] = [
  ['segv', 'process-crashed', 'here', { signal: 'SIGSEGV' }],
  ['abort', 'process-crashed', 'here', { signal: 'SIGABRT' }],
  ['exit', 'process-crashed', 'here', { exitCode: 3 }],
  ['garbage', 'protocol-violated', 'here'],
  ['hang', 'process-hung', 'here'],
  ['hang-async', 'process-hung', 'here'],
  ['out-of-memory', 'out-of-memory', 'here'],
  ['error-here', 'inference-failed', 'here'],
  ['error-elsewhere', 'inference-failed', 'elsewhere'],
  ['error-never', 'request-unsupported', 'never'],
];

test.each(FAULTS)(
  'a backend that does "%s" fails its own job with a typed error, and its neighbour finishes',
  { timeout: 60_000 },
  async (verb, code, retry, details = {}) => {
    const seen: number[] = [];
    const faulty = fake
      .run({
        script: `fake:${verb}@window=1`,
        windowSecondsMax: verb.startsWith('hang') ? 1.5 : 30,
        onPart: (part) => part.type === 'window-final' && seen.push(part.result.index),
      })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    const neighbour = fake.run({ windowCount: 6, script: 'fake:slow@speed=20' });
    const error = await faulty;
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ code, retry, details });
    expect(seen).toEqual([0]);
    expect(finalIndexes(await neighbour)).toEqual([0, 1, 2, 3, 4, 5]);
  },
);

test('a fault that strikes once is survived by trying again', async () => {
  const job = { script: 'fake:segv@window=2,times=1,key=once' };
  await expect(fake.run(job)).rejects.toMatchObject({ code: 'process-crashed' });
  expect(finalIndexes(await fake.run(job))).toEqual([0, 1, 2]);
});
