import { openDatabase, type Database } from '@voice-transcriber/db';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from './requests.js';
import { globalId, seedTranscription } from './seed.js';

let stack: Stack;
let db: Database;
let newestFailure = '';

const OVERVIEW = `{ overview(minutes: 60) {
  running waiting failed audioHoursDay realTimeFactorNow
  waitSecondsP50 waitSecondsP95 waitSecondsP99 computeSecondsP50 computeSecondsP95 computeSecondsP99
  points { at finished failed audioSeconds queueDepth waitSecondsP95 computeSecondsP50 }
  failures { code message count lastAt exampleId }
  alerts { level code message }
} }`;

// Tests look into answers of many shapes.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function readOverview(): Promise<any> {
  const { json } = await query(stack, OVERVIEW);
  expect(json.errors).toBeUndefined();
  return json.data.overview;
}

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
  // Ten that waited 1…10 s and computed twice as long, all ended half an hour ago: percentiles that are known by hand.
  for (let index = 1; index <= 10; index += 1) {
    const id = await seedTranscription(db);
    await db.sql`update transcriptions set audio_seconds = 360, finished_at = now() - interval '30 minutes 10 seconds',
      started_at = now() - interval '30 minutes 10 seconds' - ${index * 2} * interval '1 second',
      created_at = now() - interval '30 minutes 10 seconds' - ${index * 3} * interval '1 second' where id = ${id}`;
  }
  for (let index = 0; index < 5; index += 1) {
    const id = await seedTranscription(db);
    const code = index < 4 ? 'decode-failed' : 'model-missing';
    await db.sql`update transcriptions set state = 'failed', finished_at = now() - ${5 - index} * interval '10 seconds',
      started_at = null, error = ${JSON.stringify({ code, message: `number ${index}` })}::jsonb where id = ${id}`;
    if (index === 3) newestFailure = id;
  }
  const waiting = await seedTranscription(db);
  await db.sql`update transcriptions set state = 'queued', started_at = null, finished_at = null where id = ${waiting}`;
  await db.sql`insert into queue_samples (sampled_at, waiting, running) values
    (now() - interval '20 minutes 30 seconds', 4, 1), (now() - interval '20 minutes 25 seconds', 9, 2)`;
});
afterAll(async () => {
  await db.close();
  await stack.stop();
});

test('figures, percentiles, points and failures are those of the rows', async () => {
  const overview = await readOverview();
  expect(overview).toMatchObject({ running: 0, waiting: 1, failed: 5, audioHoursDay: 1, realTimeFactorNow: null });
  for (const [name, expected] of Object.entries({
    waitSecondsP50: 5.5,
    waitSecondsP95: 9.55,
    waitSecondsP99: 9.91,
    computeSecondsP50: 11,
    computeSecondsP95: 19.1,
    computeSecondsP99: 19.82,
  })) {
    expect([name, overview[name]]).toEqual([name, expect.closeTo(expected, 3)]);
  }

  expect(overview.points).toHaveLength(60);
  const sum = (key: string): number =>
    overview.points.reduce((total: number, point: Record<string, number>) => total + (point[key] ?? 0), 0);
  expect([sum('finished'), sum('failed'), sum('audioSeconds')]).toEqual([10, 5, 3600]);
  const full = overview.points.filter(({ finished }: { finished: number }) => finished > 0);
  expect(full).toMatchObject([{ finished: 10, computeSecondsP50: expect.closeTo(11, 3) }]);
  const age = (Date.now() - Date.parse(full[0].at)) / 60_000;
  expect(age).toBeGreaterThan(30);
  expect(age).toBeLessThan(31.5);
  const depths = overview.points.flatMap(({ queueDepth }: { queueDepth: number | null }) =>
    queueDepth === null ? [] : [queueDepth],
  );
  expect(Math.max(...depths)).toBe(9);

  expect(overview.failures).toMatchObject([
    { code: 'decode-failed', message: 'number 3', count: 4, exampleId: globalId('Transcription', newestFailure) },
    { code: 'model-missing', message: 'number 4', count: 1 },
  ]);
});

test('alerts tell what is wrong, worst first, and fall silent when it is not any more', async () => {
  const workerId = randomUUID();
  await db.sql`insert into workers (id, lock_key, instance_id, host, pid, version, state, slots, threads_per_inference, lost_reason)
    values (${workerId}, 1, 'w1', 'h1', 1, '0', 'lost', 3, 2, 'It was killed.')`;
  await db.sql`insert into metric_samples (host, sample) values ('h1', '{"diskPercent": 97, "diskBytesFree": 2000000000}'::jsonb)`;
  await query(stack, 'mutation { pauseQueue(input: { reason: "backup" }) { __typename } }');
  const alerts = (await readOverview()).alerts as { level: string; code: string; message: string }[];
  expect(alerts.map(({ level, code }) => `${level} ${code}`)).toEqual([
    'ERROR worker-missing',
    'ERROR disk-low',
    'ERROR failures-rising',
    'WARNING worker-lost',
    'INFO queue-paused',
  ]);
  expect(alerts[0]?.message).toContain('1 transcription waits');
  expect(alerts[3]?.message).toContain('It was killed.');

  await query(stack, 'mutation { resumeQueue { __typename } }');
  await db.sql`delete from metric_samples`;
  await db.sql`update workers set state = 'running', backends = '[{"name":"gpu","status":"unavailable","reason":"No driver.","fix":"Install one.","devices":[],"facts":{}}]'::jsonb where id = ${workerId}`;
  await db.sql`update transcriptions set finished_at = now() - interval '40 minutes' where state = 'failed'`;
  expect((await readOverview()).alerts).toEqual([
    { level: 'INFO', code: 'backend-unavailable', message: 'gpu cannot be used on h1. No driver. Install one.' },
  ]);
  await db.sql`delete from workers where id = ${workerId}`;
});

test('the depth of the queue is noted by a worker, once in five seconds, and read back', async () => {
  await db.sql`delete from queue_samples`;
  await stack.startWorker(0);
  const read = async (): Promise<{ waiting: number; running: number }[]> => {
    const { json } = await query(
      stack,
      '{ queue { depthPoints(minutes: 5) { at waiting running } finishedPerMinute audioSecondsPerSecond } }',
    );
    return json.data.queue.depthPoints;
  };
  await expect.poll(async () => (await read()).length, { timeout: 30_000 }).toBeGreaterThan(1);
  const [row] = await db.sql`select coalesce(min(gap), 99)::float8 as gap from (
    select extract(epoch from sampled_at - lag(sampled_at) over (order by sampled_at)) as gap from queue_samples) gaps`;
  expect(row?.['gap']).toBeGreaterThanOrEqual(5);
});
