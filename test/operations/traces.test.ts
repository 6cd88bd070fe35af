import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openDatabase, type Database } from '@voice-transcriber/db';
import { waitFor } from '@voice-transcriber/testkit';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../api/requests.js';
import { startObservedStack, type ObservedStack } from './observed-stack.js';
import { startTraceReceiver, type ReceivedSpan, type TraceReceiver } from './trace-receiver.js';

let receiver: TraceReceiver;
let observed: ObservedStack;
let db: Database;
let webhook: Server;
const webhookHeaders: IncomingHttpHeaders[] = [];

beforeAll(async () => {
  receiver = await startTraceReceiver();
  webhook = createServer((request, response) => {
    webhookHeaders.push(request.headers);
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  observed = await startObservedStack({
    workers: 2,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    },
  });
  db = openDatabase(observed.stack.databaseUrl, { connectionsMax: 1 });
  const url = `http://127.0.0.1:${String((webhook.address() as AddressInfo).port)}/`;
  await query(
    observed.stack,
    `mutation { createWebhook(input: { url: "${url}", events: [TRANSCRIPTION_COMPLETED] }) { __typename } }`,
  );
});
afterAll(async () => {
  await db.close();
  await observed.stop();
  await receiver.close();
  webhook.closeAllConnections();
  await new Promise((resolve) => webhook.close(resolve));
});

const rowId = (globalId: string): string => Buffer.from(globalId, 'base64url').toString().split(':')[1] ?? '';

/** All spans of the trace that the upload of a transcription began, once those with these names have come, as often as they stand here. */
function traceOf(
  id: string,
  awaited = ['transcribe chunk', 'finish', 'deliver webhook'],
): Promise<readonly ReceivedSpan[]> {
  return waitFor(
    () => {
      const upload = receiver.spans.find(
        ({ name, attributes }) => name === 'upload' && attributes['vt.transcription.id'] === rowId(id),
      );
      const trace = receiver.spans.filter(({ traceId }) => traceId === upload?.traceId);
      const told = (name: string, spans: readonly string[]): number => spans.filter((span) => span === name).length;
      const names = trace.map(({ name }) => name);
      return awaited.every((name) => told(name, names) >= told(name, awaited)) ? trace : undefined;
    },
    { timeoutMilliseconds: 10_000, what: 'the spans of a transcription' },
  );
}

const named = (trace: readonly ReceivedSpan[], name: string): ReceivedSpan[] =>
  trace
    .filter((span) => span.name === name)
    .sort((one, other) => Number(one.startNanoseconds - other.startNanoseconds));

/** Each span but the first has a parent in the trace, and none twice the same id. */
function expectWhole(trace: readonly ReceivedSpan[], root: ReceivedSpan): void {
  const ids = trace.map(({ spanId }) => spanId);
  expect(new Set(ids).size, 'no span is told twice').toBe(ids.length);
  const orphans = trace.filter(({ spanId, parentSpanId }) => spanId !== root.spanId && !ids.includes(parentSpanId));
  expect(orphans, 'every parent was told').toEqual([]);
}

test('one trace leads from the upload through every step to the webhook, across processes, each span below the right one', async () => {
  const client = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const id = await observed.submit(70, {}, { traceparent: client });
  expect(await observed.finished(id)).toBe('COMPLETED');
  const trace = await traceOf(id);

  const [upload, ...otherUploads] = named(trace, 'upload');
  const [prepare] = named(trace, 'prepare');
  const [chunk] = named(trace, 'transcribe chunk');
  const [choose] = named(trace, 'choose');
  const [load] = named(trace, 'load model');
  const batches = named(trace, 'window batch');
  const [finish] = named(trace, 'finish');
  const [delivery] = named(trace, 'deliver webhook');
  if (!upload || !prepare || !chunk || !choose || !load || !finish || !delivery)
    throw new Error(`Spans are missing: ${trace.map(({ name }) => name).join(', ')}`);
  expect(otherUploads).toEqual([]);

  expect(upload, "the client's own span is above it").toMatchObject({
    traceId: client.split('-')[1],
    parentSpanId: client.split('-')[2],
    service: 'voice-transcriber-api',
  });
  for (const step of [prepare, chunk, finish, delivery]) {
    expect(step.parentSpanId, `${step.name} is below the upload`).toBe(upload.spanId);
    expect(step.service).toBe('voice-transcriber-worker');
    expect(step.instance).toMatch(/^test-worker-[01]$/);
  }
  for (const part of [choose, load, ...batches])
    expect(part.parentSpanId, `${part.name} is below its chunk`).toBe(chunk.spanId);
  expect(batches.length, 'windows of at most 30 s').toBeGreaterThanOrEqual(3);
  expect(batches.reduce((total, { attributes }) => total + Number(attributes['vt.windows.count']), 0)).toBe(
    Number(chunk.attributes['vt.windows.committed']),
  );
  expectWhole(trace, upload);

  const inOrder = [upload, prepare, chunk, choose, load, batches[0], finish, delivery].filter(
    (span) => span !== undefined,
  );
  const starts = inOrder.map(({ startNanoseconds }) => startNanoseconds);
  expect([...starts].sort((one, other) => Number(one - other))).toEqual(starts);
  expect(trace.filter(({ failed }) => failed)).toEqual([]);
  for (const span of trace) expect(span.endNanoseconds >= span.startNanoseconds, span.name).toBe(true);
  expect(webhookHeaders.at(-1)?.traceparent, 'the receiver of the webhook can go on').toBe(
    `00-${delivery.traceId}-${delivery.spanId}-01`,
  );
});

test('an inference process that crashes shows as a failed batch, and its window again in a later one that is not', async () => {
  const id = await observed.submit(40, { prompt: 'fake:segv@window=1,times=1,key=traced-crash' });
  expect(await observed.finished(id)).toBe('COMPLETED');
  const trace = await traceOf(id);
  const batches = named(trace, 'window batch').filter(({ attributes }) => attributes['vt.windows.first'] === 1);
  expect(batches.map(({ attributes }) => attributes['error.type'])).toContain('process-crashed');
  expect(batches.at(0)).toMatchObject({ failed: true });
  expect(batches.at(-1)).toMatchObject({ failed: false });
  const [upload] = named(trace, 'upload');
  if (upload) expectWhole(trace, upload);
});

test('a worker that is killed leaves one whole trace: its attempt is told by the worker that takes over, and nothing loses its parent', async () => {
  const id = await observed.submit(240, { prompt: 'fake:slow@speed=40' });
  const holder = await waitFor(
    async () => {
      const [row] = await db.orm.execute<{ instance: string; committed: number }>(sql`
        select w.instance_id as instance, count(*)::int as committed
        from chunks c join workers w on w.id = c.lease_owner
        join windows on windows.chunk_id = c.id and windows.committed_at is not null
        where c.transcription_id = ${rowId(id)} and c.state = 'running' group by 1`);
      return row && row.committed >= 2 ? row : undefined;
    },
    { timeoutMilliseconds: 20_000, what: 'two windows' },
  );
  await traceOf(id, ['window batch']);
  await observed.stack.killWorker(Number(holder.instance.split('-').at(-1)));
  expect(await observed.finished(id)).toBe('COMPLETED');
  const trace = await traceOf(id, ['transcribe chunk', 'transcribe chunk', 'finish', 'deliver webhook']);

  const [upload] = named(trace, 'upload');
  const [lost, resumed, ...others] = named(trace, 'transcribe chunk');
  if (!upload || !lost || !resumed) throw new Error(`Spans are missing: ${trace.map(({ name }) => name).join(', ')}`);
  expect(others).toEqual([]);
  expectWhole(trace, upload);
  expect(lost).toMatchObject({ parentSpanId: upload.spanId, failed: true });
  expect(lost.attributes).toMatchObject({ 'vt.outcome': 'lost', 'error.type': 'worker-lost', 'vt.lease.token': 1 });
  expect(lost.instance, 'told by the worker that took over').not.toBe(holder.instance);
  expect(resumed).toMatchObject({ parentSpanId: upload.spanId, failed: false, instance: lost.instance });
  expect(resumed.attributes['vt.outcome']).toBe('succeeded');

  const batches = named(trace, 'window batch');
  const ofTheDead = batches.filter(({ instance }) => instance === holder.instance);
  expect(ofTheDead.length, 'what it had told before it died').toBeGreaterThan(0);
  expect(new Set(ofTheDead.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([lost.spanId]));
  const ofTheHeir = batches.filter(({ instance }) => instance === lost.instance);
  expect(new Set(ofTheHeir.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([resumed.spanId]));
});
