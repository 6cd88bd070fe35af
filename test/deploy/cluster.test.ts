import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { createFileStorage } from '@voice-transcriber/storage';
import { waitFor } from '@voice-transcriber/testkit';
import { findNginx } from '@voice-transcriber/testkit/cluster';
import WebSocket from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { closeStreams, subscribe } from '../api/event-streams.js';
import {
  CREATE,
  multipart,
  openUpload,
  query,
  readResponse,
  responseOf,
  send,
  upload,
  wavFile,
} from '../api/requests.js';
import { expectInvariants } from '../chaos/expect-invariants.js';
import { startClusterBench, type ClusterBench } from './cluster-bench.js';
import { beginUpload, sendBrokenPieces } from './resumable-pieces.js';

const FOLLOW = `subscription ($id: ID!, $after: Int) {
  transcriptionEvents(id: $id, after: $after) {
    __typename
    ... on TranscriptionSnapshot { seq transcription { state } }
    ... on ProgressMade { seq }
    ... on SegmentsAppended { seq segments { text } }
    ... on StateChanged { seq state }
    ... on WarningRaised { seq }
  }
}`;
const READ = `query ($id: ID!) { node(id: $id) { ... on Transcription { state text segments(first: 100) { nodes { startSeconds text } } } } }`;
const SECONDS = 300;

let bench: ClusterBench;

interface Result {
  state: string;
  text: string;
  segments: { nodes: { startSeconds: number; text: string }[] };
}

async function finished(id: string): Promise<Result> {
  return waitFor(
    async () => {
      const { json } = await query(bench, READ, { id });
      const node = json.data?.node as Result | undefined;
      return node !== undefined && ['COMPLETED', 'PARTIAL', 'FAILED'].includes(node.state) ? node : undefined;
    },
    { timeoutMilliseconds: 60_000, intervalMilliseconds: 100, what: 'the end of a transcription' },
  );
}

async function submit(input: Record<string, unknown> = {}): Promise<string> {
  const { json } = await upload(bench, { file: wavFile(SECONDS), input });
  return json.data.createTranscription.transcription.id as string;
}

const rowIdOf = (id: string): string => Buffer.from(id, 'base64url').toString().replace('Transcription:', '');

const installed = findNginx();

describe.skipIf(installed === undefined)('nginx before three APIs and three workers (needs nginx)', () => {
  beforeAll(async () => {
    bench = await startClusterBench();
  });
  afterEach(closeStreams);
  afterAll(() => bench.stop());

  test('requests are spread over all instances, each of which names itself', async () => {
    const seen = new Map<string, number>();
    for (let round = 0; round < 30; round += 1) {
      const { headers, status } = await query(bench, '{ viewer { name } }');
      expect(status).toBe(200);
      const name = String(headers['x-instance-id']);
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['1', '2', '3']);
    for (const count of seen.values()) expect(count).toBeGreaterThanOrEqual(5);
    const ready = await send({ url: `${bench.apiUrl}/readyz` });
    expect(JSON.parse(ready.body)).toEqual({ ready: true, instanceId: ready.headers['x-instance-id'] });
  });

  test('measurements are not shown to the outside', async () => {
    expect((await send({ url: `${bench.apiUrl}/metrics` })).status).toBe(404);
  });

  test('an upload reaches an API while it is still being sent, and nginx keeps nothing of it', async () => {
    const { head, file, tail, contentType } = multipart({ file: wavFile(600) });
    const request = openUpload(bench, { contentType }, { 'transfer-encoding': 'chunked' });
    const response = responseOf(request);
    request.write(head);
    request.write(file.subarray(0, 6_000_000));
    const spool = join(bench.directory, 'spool');
    await waitFor(
      async () => {
        const sizes = await Promise.all(
          (await readdir(spool)).map(async (name) => (await stat(join(spool, name))).size),
        );
        return sizes.some((size) => size > 5_000_000);
      },
      { timeoutMilliseconds: 10_000, what: 'the bytes to reach an API' },
    );
    expect(await readdir(join(bench.directory, 'nginx', 'client_body'))).toEqual([]);
    request.write(file.subarray(6_000_000));
    request.end(tail);
    const { json } = await readResponse(await response);
    const { transcription } = json.data.createTranscription;
    expect(transcription.media.sha256).toBe(createHash('sha256').update(file).digest('hex'));
    await finished(transcription.id as string);
  });

  test('an upload in pieces that breaks off goes on at another instance, to the last byte', async () => {
    const file = wavFile(200, 7);
    const pieces = await beginUpload(bench, file.length);
    const { seen, offset } = await sendBrokenPieces(bench, pieces, file);
    const last = await pieces.send(file.subarray(offset), offset);
    expect(Number(last['upload-offset'])).toBe(file.length);
    expect(seen.size).toBeGreaterThan(1);
    const { json } = await query(bench, CREATE, { input: { source: { uploadId: pieces.id } } });
    const { transcription } = json.data.createTranscription;
    expect(transcription.media.sha256).toBe(createHash('sha256').update(file).digest('hex'));
    expect((await finished(transcription.id as string)).state).toBe('COMPLETED');
  });

  test('events come over a WebSocket through nginx', async () => {
    const id = await submit();
    const client = createClient({
      url: `${bench.apiUrl.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${bench.apiKey}` },
      retryAttempts: 0,
    });
    const names: unknown[] = [];
    for await (const { data } of client.iterate({ query: FOLLOW, variables: { id } })) {
      names.push((data as { transcriptionEvents: { __typename: string } }).transcriptionEvents.__typename);
    }
    await client.dispose();
    expect(names[0]).toBe('TranscriptionSnapshot');
    expect(names).toContain('SegmentsAppended');
    expect(names.at(-1)).toBe('StateChanged');
  });

  test('one API and one worker are killed in the middle of a job: the stream goes on elsewhere without a gap, the transcript is complete, once', async () => {
    const undisturbed = await finished(await submit());
    const id = await submit({ prompt: 'fake:slow@speed=30' });
    const first = await subscribe(bench, FOLLOW, { id });
    const servedBy = String(first.response.headers['x-instance-id']);
    await waitFor(() => first.events.some(({ __typename }) => __typename === 'SegmentsAppended'), {
      timeoutMilliseconds: 30_000,
      what: 'the first text',
    });
    const [busy] = await bench.db.sql<{ instance_id: string }[]>`
      select w.instance_id from chunks c join workers w on w.id = c.lease_owner limit 1`;
    if (busy === undefined) throw new Error('No worker holds a chunk.');
    await Promise.all([bench.cluster.kill(servedBy), bench.cluster.kill(busy.instance_id)]);
    await waitFor(() => first.response.closed, { timeoutMilliseconds: 5000, what: 'the stream to break' });

    const second = await subscribe(bench, FOLLOW, { id, after: first.events.at(-1).seq });
    expect(second.response.headers['x-instance-id']).not.toBe(servedBy);
    const result = await finished(id);
    await waitFor(() => second.completed, { timeoutMilliseconds: 10_000, what: 'the end of the stream' });
    // Progress is thinned out on its way; text and states are not.
    const lasting = ['SegmentsAppended', 'StateChanged'];
    const seen = [...first.events, ...second.events]
      .filter(({ __typename }) => lasting.includes(__typename as string))
      .map(({ seq }) => seq as number);
    const stored = await bench.db.sql<{ seq: number }[]>`
      select seq::int as seq from events where transcription_id = ${rowIdOf(id)}
        and type in ('segments-appended', 'state-changed') and seq > ${first.events[0].seq as number} order by seq`;
    expect(seen).toEqual(stored.map(({ seq }) => seq));
    expect(result.state).toBe('COMPLETED');
    expect(result.text).toBe(undisturbed.text);
    expect(result.segments).toEqual(undisturbed.segments);
    await expectInvariants({
      db: bench.db,
      storage: createFileStorage({ directory: join(bench.directory, 'storage') }),
    });
    await bench.cluster.start(servedBy);
    await bench.cluster.start(busy.instance_id);
  });

  test('while an instance drains and one is started, no request fails', async () => {
    const drained = bench.cluster.instances.get('2')?.stop();
    const statuses = new Set<number>();
    for (let round = 0; round < 60; round += 1) statuses.add((await query(bench, '{ viewer { name } }')).status);
    expect(await drained).toBe(0);
    await bench.cluster.start('2');
    for (let round = 0; round < 20; round += 1) statuses.add((await query(bench, '{ viewer { name } }')).status);
    expect([...statuses]).toEqual([200]);
  });

  test('with no API left, a request is told to come back', async () => {
    await Promise.all(['1', '2', '3'].map((name) => bench.cluster.kill(name)));
    const { status, headers, json } = await query(bench, '{ viewer { name } }');
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('2');
    expect(json.errors?.[0]?.extensions.code).toBe('unavailable');
    await Promise.all(['1', '2', '3'].map((name) => bench.cluster.start(name)));
    await waitFor(async () => (await query(bench, '{ viewer { name } }')).status === 200, {
      timeoutMilliseconds: 10_000,
      what: 'the APIs to be used again',
    });
  });
});
