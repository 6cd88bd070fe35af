import { FAKE_BACKEND_MODULE_URL } from '@voice-transcriber/backend-testkit';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { install, type Installation } from './installation.js';

const GPU_BYTES = 4_000_000_000;

async function withBackends(
  sources: Readonly<Record<string, string>>,
  env: Record<string, string>,
  use: (installation: Installation) => Promise<void>,
): Promise<void> {
  const list = Object.entries(sources).map(([name, query]) => `${name}=${FAKE_BACKEND_MODULE_URL}${query}`);
  const installation = await install({ env: { VT_EXTRA_BACKENDS: list.join(','), ...env } });
  try {
    await use(installation);
  } finally {
    await installation.stop();
  }
}

const gpu = { fake: `?gpu=${GPU_BYTES}` };

test('a GPU with room is taken, and the device that really ran it is stored', async () => {
  await withBackends(gpu, {}, async (installation) => {
    const done = await installation.finished(await installation.submit({ audio: { seconds: 20 } }));
    expect(done).toMatchObject({ state: 'completed', device: 'cuda:0', deviceActual: 'cuda:0' });
    const asked = await installation.submit({ audio: { seconds: 20 }, device: 'cpu' });
    expect(await installation.finished(asked)).toMatchObject({
      state: 'completed',
      requestedDevice: 'cpu',
      device: 'cpu',
      deviceActual: 'cpu',
    });
  });
});

test('ENABLE_GPU_ACCELERATION and GPU_MEMORY_FRACTION keep a model off a GPU, and say so', async () => {
  await withBackends(gpu, { ENABLE_GPU_ACCELERATION: 'False' }, async (installation) => {
    const done = await installation.finished(await installation.submit({ audio: { seconds: 20 } }));
    expect(done).toMatchObject({ state: 'completed', device: 'cpu' });
    expect(done.candidates.find(({ device }) => device === 'cuda:0')?.reason).toContain('ENABLE_GPU_ACCELERATION');
  });
  await withBackends(gpu, { GPU_MEMORY_FRACTION: '0.02' }, async (installation) => {
    const done = await installation.finished(await installation.submit({ audio: { seconds: 20 } }));
    expect(done).toMatchObject({ state: 'completed', device: 'cpu' });
    expect(done.candidates.find(({ device }) => device === 'cuda:0')?.reason).toContain('76 MiB can be had');
  });
});

test('what fails falls back to the next candidate, and both are on record', async () => {
  await withBackends({ fake: `?gpu=${GPU_BYTES}&gpu-fails` }, {}, async (installation) => {
    const id = await installation.submit({ audio: { seconds: 20 } });
    const done = await installation.finished(id);
    expect(done).toMatchObject({ state: 'completed', device: 'cpu', deviceActual: 'cpu' });
    expect(done.candidates.find(({ chosen }) => chosen)?.device).toBe('cpu');
    const failed = done.candidates.find(({ device }) => device === 'cuda:0');
    expect(failed).toMatchObject({ chosen: false, failure: 'Scripted failure: the GPU fell off the bus.' });
    expect(failed?.reason).toContain('It failed on this part of the recording');
    const attempts = await installation.db.orm.execute<{ device: string; outcome: string }>(sql`
      select device, outcome::text as outcome from attempts where transcription_id = ${id} and kind = 'chunk' order by started_at`);
    expect([...attempts]).toEqual([
      { device: 'cuda:0', outcome: 'failed' },
      { device: 'cpu', outcome: 'succeeded' },
    ]);
  });
});

test('a backend that does not hear the known clip is refused with what it heard, and the worker stays usable', async () => {
  await withBackends({ deaf: '' }, { SELF_TEST: 'True' }, async (installation) => {
    const report = await installation.waitForSelfTest('deaf');
    expect(report).toMatchObject({ ok: false, model: 'fake', deviceRequested: 'cpu', deviceActual: 'cpu' });
    expect(report.problem).toContain('It heard "t0 t1000');
    const refused = await installation.finished(
      await installation.submit({ audio: { seconds: 20 }, backend: 'deaf' }),
      90_000,
    );
    expect(refused.state).toBe('failed');
    expect(refused.error?.message).toContain('did not pass its self-test');
  });
});
