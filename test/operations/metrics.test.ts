import { join } from 'node:path';
import { openDatabase, type Database } from '@voice-transcriber/db';
import { createClient } from '@voice-transcriber/client';
import { REPOSITORY_DIRECTORY } from '@voice-transcriber/testkit';
import { sql } from 'drizzle-orm';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printFigure } from '../chaos/report-figures.js';
import { query, send, upload } from '../api/requests.js';
import { parseExposition, valueOf, type Exposition } from './exposition.js';
import { describeMetrics, CONDITIONAL_METRICS } from './metric-tables.js';
import { namesInMonitoring } from './monitoring-files.js';
import { METRICS_TOKEN, scrape, startObservedStack, workerUrl, type ObservedStack } from './observed-stack.js';
import { performanceLines, untilWorkerTells } from './worker-reports.js';

let observed: ObservedStack;
let db: Database;
let api: Exposition;
let worker: Exposition;
let completedId: string;

/** Real work of every kind that is counted: a recording that completes and is followed, one that crashes a process, a refused upload. */
beforeAll(async () => {
  observed = await startObservedStack({ env: { UPLOADS_CONCURRENT_MAX: '4' } });
  const { stack } = observed;
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
  const client = createClient({ url: stack.apiUrl, apiKey: stack.apiKey });
  completedId = await observed.submit(65, { prompt: 'fake:slow@speed=60' });
  for await (const event of client.subscribe(completedId)) void event;
  await observed.finished(await observed.submit(20, { prompt: 'fake:segv@times=1,key=counted-crash' }));
  await upload(stack, { file: Buffer.from('this is no sound') });
  await query(stack, '{ viewer { name } }');
  await db.orm.execute(
    sql`update settings set updated_at = now() - interval '1 minute' where key = 'database-figures'`,
  );
  [api, worker] = (await Promise.all([scrape(stack.apiUrl), scrape(workerUrl(observed))])).map(({ body }) =>
    parseExposition(body),
  ) as [Exposition, Exposition];
});
afterAll(async () => {
  await db.close();
  await observed.stop();
});

test('metrics are closed: without the token neither process tells any, and a wrong one does not help', async () => {
  for (const url of [observed.stack.apiUrl, workerUrl(observed)]) {
    for (const token of ['', 'wrong', `${METRICS_TOKEN}x`]) {
      const { status, body } = await scrape(url, token);
      expect(status, `${url} with "${token}"`).toBe(401);
      expect(body).not.toContain('vt_build_info');
    }
    expect((await scrape(url)).status).toBe(200);
  }
});

test('the API also answers to its own keys, the worker to nothing but the token', async () => {
  expect((await scrape(observed.stack.apiUrl, observed.stack.apiKey)).status).toBe(200);
  expect((await scrape(workerUrl(observed), observed.stack.apiKey)).status).toBe(401);
});

test('what a recording cost is counted by model and device: windows, audio, compute, real-time factor', () => {
  const place = { model: 'fake', backend: 'fake' };
  expect(valueOf(worker, 'vt_audio_seconds_total', place)).toBeCloseTo(85, 0);
  expect(valueOf(worker, 'vt_windows_total', place)).toBeGreaterThanOrEqual(4);
  const compute = valueOf(worker, 'vt_inference_seconds_total', place) ?? 0;
  expect(compute).toBeGreaterThan(65 / 60 / 2);
  expect(valueOf(worker, 'vt_real_time_factor_ratio_count', place)).toBe(valueOf(worker, 'vt_windows_total', place));
  expect(valueOf(worker, 'vt_transcription_duration_seconds_count', { state: 'completed' })).toBe(2);
  expect(valueOf(worker, 'vt_queue_wait_seconds_count')).toBe(2);
  expect(valueOf(worker, 'vt_attempt_duration_seconds_count', { kind: 'prepare', outcome: 'succeeded' })).toBe(2);
});

test('a crash of an inference process and its loads are counted once each', async () => {
  expect(valueOf(worker, 'vt_inference_process_crashes_total', { reason: 'process-crashed' })).toBe(1);
  expect(valueOf(worker, 'vt_model_load_seconds_count')).toBe(2);
  expect(valueOf(worker, 'vt_loaded_models', { model: 'fake' })).toBe(1);
  // Memory is sampled: it may not have been yet when the process was young.
  await untilWorkerTells(
    observed,
    (now) => (valueOf(now, 'vt_loaded_model_memory_bytes', { model: 'fake' }) ?? 0) > 1e7,
  );
  expect(valueOf(worker, 'vt_model_unloads_total')).toBe(0);
  expect(valueOf(worker, 'vt_fenced_writes_total')).toBe(0);
  expect(valueOf(worker, 'vt_lease_recoveries_total')).toBe(0);
});

test('uploads are counted with their bytes and what became of them', () => {
  expect(valueOf(api, 'vt_upload_duration_seconds_count', { way: 'multipart', outcome: 'accepted' })).toBe(2);
  expect(valueOf(api, 'vt_upload_duration_seconds_count', { outcome: 'file-not-audio' })).toBe(1);
  expect(valueOf(api, 'vt_upload_bytes_total', { way: 'multipart' })).toBeGreaterThan(85 * 16_000);
  expect(valueOf(api, 'vt_upload_slots')).toBe(4);
});

test('requests are timed by route and operations by field, never by what a client may write', async () => {
  const { stack } = observed;
  await query(stack, 'query Name4711 { viewer { name } }');
  await send({ url: `${stack.apiUrl}/no/such/place-4711`, headers: { authorization: `Bearer ${stack.apiKey}` } });
  const { body } = await scrape(stack.apiUrl);
  expect(body).not.toContain('4711');
  const after = parseExposition(body);
  expect(valueOf(after, 'vt_http_request_duration_seconds_count', { route: 'unmatched', status: '4xx' })).toBe(1);
  expect(
    valueOf(after, 'vt_graphql_operation_duration_seconds_count', { type: 'query', field: 'viewer', outcome: 'ok' }),
  ).toBe(2);
});

test('events are timed from their commit to the subscriber, and open subscriptions are counted down again', () => {
  expect(valueOf(api, 'vt_event_delivery_seconds_count', { stream: 'transcription' })).toBeGreaterThan(2);
  const mean =
    (valueOf(api, 'vt_event_delivery_seconds_sum') ?? NaN) / (valueOf(api, 'vt_event_delivery_seconds_count') ?? 0);
  expect(mean).toBeLessThan(1);
  expect(valueOf(api, 'vt_subscriptions_active', { field: 'transcriptionEvents' })).toBe(0);
});

test('three API processes compute the figures of the installation once for all of them', async () => {
  const { stack } = observed;
  const others = await Promise.all([stack.startApi(), stack.startApi()]);
  try {
    await db.orm.execute(
      sql`update settings set updated_at = now() - interval '1 hour' where key = 'database-figures'`,
    );
    const writes = await countWritesOfFigures();
    const urls = [stack.apiUrl, ...others.map(({ ready }) => ready.url)];
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(urls.map((url) => scrape(url)));
      const depths = answers.map(({ body }) =>
        valueOf(parseExposition(body), 'vt_transcriptions', { state: 'completed' }),
      );
      expect(depths).toEqual([2, 2, 2]);
    }
    expect(await writes()).toBe(1);
  } finally {
    await Promise.all(others.map((other) => other.stop()));
  }
});

/** Has the database count them from now on. */
async function countWritesOfFigures(): Promise<() => Promise<number>> {
  await db.orm.execute(sql`create table figure_writes (written_at timestamptz default now())`);
  await db.orm.execute(sql`
    create function note_figure_write() returns trigger language plpgsql as
    'begin insert into figure_writes default values; return new; end'`);
  await db.orm.execute(sql`
    create trigger note_figure_write after insert or update on settings
    for each row when (new.key = 'database-figures') execute function note_figure_write()`);
  return async () => {
    const [row] = await db.orm.execute<{ count: number }>(sql`select count(*)::int as count from figure_writes`);
    return row?.count ?? NaN;
  };
}

test('every metric that the dashboard or an alert names is really told after work, or is documented as conditional', () => {
  const told = new Set([...api.samples, ...worker.samples].map(({ name }) => name));
  const missing = namesInMonitoring().filter(
    ({ name }) => !told.has(name) && !CONDITIONAL_METRICS.some((conditional) => name.startsWith(conditional)),
  );
  expect(missing).toEqual([]);
});

test('names and labels follow the conventions, and no metric has more series than its labels are meant to have', () => {
  for (const { types } of [api, worker]) {
    for (const [name, type] of types) {
      if (!name.startsWith('vt_')) continue;
      expect(name, 'counters say so').toMatch(type === 'counter' ? /_total$/ : /^(?!.*_total$)/);
      expect(name, 'base units').not.toMatch(/_(ms|milliseconds|minutes|kilobytes|megabytes|percent)(_|$)/);
    }
  }
  const series = new Map<string, number>();
  for (const { name } of [...api.samples, ...worker.samples]) series.set(name, (series.get(name) ?? 0) + 1);
  expect([...series].filter(([, count]) => count > 300)).toEqual([]);
});

test('docs/operations/metrics.md is what the processes tell', async () => {
  const path = join(REPOSITORY_DIRECTORY, 'docs/operations/metrics.md');
  const text = await format(describeMetrics({ api, worker }), { ...(await resolveConfig(path)), parser: 'markdown' });
  await expect(text).toMatchFileSnapshot(path);
});

test('the performance monitor tells duration, memory and processor of a job in its log line, in GraphQL and for each attempt', async () => {
  const { stack } = observed;
  const lines = performanceLines(stack);
  const rowId = Buffer.from(completedId, 'base64url').toString().split(':')[1];
  const line = lines.find(
    ({ operation, transcriptionId }) => operation === 'transcription' && transcriptionId === rowId,
  );
  expect(line).toMatchObject({ outcome: 'completed', audioSeconds: 65, attempts: 3 });
  for (const fact of [
    'durationSeconds',
    'totalSeconds',
    'waitSeconds',
    'memoryBytesChange',
    'memoryBytesPeak',
    'cpuPercentMean',
  ])
    expect(line?.[fact], fact).toEqual(expect.any(Number));
  // The last window of a chunk sets the finish free, so the chunk's own line can come behind it.
  const operations = lines.filter(({ transcriptionId }) => transcriptionId === rowId).map(({ operation }) => operation);
  expect(operations.toSorted()).toEqual(['chunk', 'finish', 'prepare', 'transcription']);
  const { json } = await query(
    stack,
    `query ($id: ID!) { transcription(id: $id) {
      performance { attempts waitSeconds totalSeconds computeSeconds inferenceSeconds memoryBytesChange memoryBytesPeak cpuPercentMean }
      attempts(first: 10) { nodes { kind memoryBytesPeak memoryBytesChange cpuPercentMean durationSeconds } } } }`,
    { id: completedId },
  );
  const { performance: cost, attempts } = json.data.transcription;
  expect(cost).toMatchObject({ attempts: 3, memoryBytesPeak: line?.['memoryBytesPeak'] });
  expect(cost.computeSeconds).toBeGreaterThan(65 / 60 / 2);
  for (const kind of ['PREPARE', 'CHUNK']) {
    const attempt = attempts.nodes.find((one: { kind: string }) => one.kind === kind);
    expect(attempt.memoryBytesPeak, kind).toBeGreaterThan(1e6);
    expect(attempt.cpuPercentMean, kind).toBeGreaterThanOrEqual(0);
  }
});

test('a model that is unloaded is counted, and no longer told as loaded', async () => {
  await query(observed.stack, 'mutation { unloadModel(input: { name: "fake" }) { __typename } }');
  await untilWorkerTells(
    observed,
    (now) => valueOf(now, 'vt_model_unloads_total') === 1 && valueOf(now, 'vt_loaded_models') === undefined,
  );
});

test('a scrape is cheap', async () => {
  for (const [name, url] of [
    ['API', observed.stack.apiUrl],
    ['worker', workerUrl(observed)],
  ] as const) {
    const milliseconds: number[] = [];
    let size = 0;
    for (let round = 0; round < 10; round += 1) {
      const startedAt = performance.now();
      const { body } = await scrape(url);
      milliseconds.push(performance.now() - startedAt);
      size = body.length;
    }
    milliseconds.sort((one, other) => one - other);
    printFigure(
      `${name}: one scrape, median of ten`,
      `${(milliseconds[5] ?? 0).toFixed(1)} ms, ${(size / 1024).toFixed(1)} KiB`,
      '100 ms',
    );
    expect(size).toBeLessThan(512 * 1024);
  }
});
