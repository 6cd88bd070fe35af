import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StoredError } from '@voice-transcriber/db';
import { waitFor } from '@voice-transcriber/testkit';
import { expectInvariants } from './expect-invariants.js';
import { install, type Installation } from './installation.js';

let installation: Installation;

beforeAll(async () => {
  installation = await install({ env: { AUDIO_CHUNK_SIZE: '60', INFERENCE_WINDOW_SECONDS_MAX: '8' } });
});
afterAll(() => installation.stop());

/** Failed attempts by the code of their error, once the last one is closed: that is written just behind the end of the job. */
async function countFailures(id: string): Promise<Record<string, number>> {
  await waitFor(
    async () => {
      const [open] = await installation.db.orm.execute<{ count: number }>(sql`
        select count(*)::int as count from attempts where transcription_id = ${id} and outcome = 'running'`);
      return open?.count === 0;
    },
    { timeoutMilliseconds: 5_000, what: 'the last attempt to be closed' },
  );
  const rows = await installation.db.orm.execute<{ code: string; count: number }>(sql`
    select error ->> 'code' as code, count(*)::int as count from attempts
    where transcription_id = ${id} and outcome = 'failed' group by 1`);
  return Object.fromEntries([...rows].map(({ code, count }) => [code, count]));
}

const FAULTS: readonly (readonly [verb: string, code: string])[] = [
  ['segv', 'process-crashed'],
  ['abort', 'process-crashed'],
  ['exit', 'process-crashed'],
  ['hang', 'process-hung'],
  ['garbage', 'protocol-violated'],
  ['out-of-memory', 'out-of-memory'],
];

test.each(FAULTS)(
  'a model process that does "%s" fails the job with %s after three crashes, and its neighbour finishes',
  async (verb, code) => {
    const starts = installation.workers[0]?.starts;
    const broken = await installation.submit({ audio: { seconds: 20 }, prompt: `fake:${verb}@key=${verb}` });
    const neighbour = await installation.submit({ audio: { seconds: 90 } });
    const [failed, finished] = await Promise.all([installation.finished(broken), installation.finished(neighbour)]);
    expect(failed.state).toBe('failed');
    expect(failed.error?.code).toBe(code);
    expect(await countFailures(broken)).toEqual({ [code]: 3 });
    expect(finished.state).toBe('completed');
    expect(installation.workers[0]?.starts, 'the worker itself never ended').toBe(starts);
  },
);

test('a crash that happens once costs a retry and nothing else', async () => {
  const id = await installation.submit({ audio: { seconds: 90 }, prompt: 'fake:segv@window=1,times=1,key=once' });
  const transcription = await installation.finished(id);
  expect(transcription.state).toBe('completed');
  expect(await countFailures(id)).toEqual({ 'process-crashed': 1 });
});

test('a poisoned chunk is quarantined, the rest is kept, and the gap is named', async () => {
  const id = await installation.submit({ audio: { seconds: 180 }, prompt: 'fake:segv@window=3,key=poison' });
  const transcription = await installation.finished(id);
  expect(transcription.state).toBe('partial');
  const gaps = transcription.warnings.filter(({ code }: StoredError) => code === 'gap');
  expect(gaps).toHaveLength(1);
  expect(gaps[0]?.message).toMatch(/from 0:0\d:\d\d to 0:0\d:\d\d/);
  expect(transcription.chunksDone).toBe(transcription.chunksTotal - 1);
  expect(transcription.wordCount).toBeGreaterThan(100);
});

test('an error that no retry helps fails the transcription at once', async () => {
  const id = await installation.submit({ audio: { seconds: 20 }, prompt: 'fake:error-never@key=never' });
  const transcription = await installation.finished(id);
  expect(transcription.state).toBe('failed');
  expect(transcription.error?.code).toBe('request-unsupported');
  expect(await countFailures(id)).toEqual({ 'request-unsupported': 1 });
});

test('errors without a crash are retried and then give up with the code of the error', async () => {
  const recovered = await installation.submit({ audio: { seconds: 20 }, prompt: 'fake:error-here@times=2,key=twice' });
  const hopeless = await installation.submit({ audio: { seconds: 20 }, prompt: 'fake:error-here@key=always' });
  expect((await installation.finished(recovered)).state).toBe('completed');
  const failed = await installation.finished(hopeless);
  expect(failed.state).toBe('failed');
  expect(failed.error?.code).toBe('inference-failed');
});

test('a model that is not installed is a clear error at once', async () => {
  const id = await installation.submit({ audio: { seconds: 20 }, model: 'medium' });
  const transcription = await installation.finished(id);
  expect(transcription.state).toBe('failed');
  expect(transcription.error?.code).toBe('model-missing');
});

test('after all of this every invariant holds', () => expectInvariants(installation));
