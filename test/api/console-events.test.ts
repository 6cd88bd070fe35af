import { openDatabase, type Database } from '@voice-transcriber/db';
import { startStack, waitFor, type Stack } from '@voice-transcriber/testkit';
import { afterAll, afterEach, beforeAll, test } from 'vitest';
import { closeStreams, subscribe } from './event-streams.js';
import { query, upload, wavFile } from './requests.js';

let stack: Stack;
let db: Database;

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
});
afterEach(closeStreams);
afterAll(async () => {
  await db.close();
  await stack.stop();
});

const CONSOLE = `subscription { consoleEvents {
  __typename
  ... on ConsoleSnapshot { queue { waiting } workers { id } resources { cpuPercent } }
  ... on TranscriptionChanged { transcription { id state } }
  ... on TranscriptionDeleted { id }
  ... on QueueChanged { queue { waiting paused reason } }
  ... on ResourcesSampled { sample { cpuPercent host } }
} }`;

test('the console hears of jobs, deletions, the queue and the machine over one stream', async () => {
  const stream = await subscribe(stack, CONSOLE);
  await waitFor(() => stream.events[0]?.__typename === 'ConsoleSnapshot', { timeoutMilliseconds: 5000 });
  const created = await upload(stack, { file: wavFile(1) });
  const { id } = created.json.data.createTranscription.transcription;
  const has = (expected: object) =>
    waitFor(() => stream.events.some((event) => matches(event, expected)), {
      timeoutMilliseconds: 5000,
      what: JSON.stringify(expected),
    });
  await has({ __typename: 'TranscriptionChanged', transcription: { id, state: 'QUEUED' } });
  await query(stack, 'mutation ($id: ID!) { cancelTranscription(input: { id: $id }) { __typename } }', { id });
  await has({ __typename: 'TranscriptionChanged', transcription: { id, state: 'CANCELLED' } });
  await query(stack, 'mutation ($id: ID!) { deleteTranscription(input: { id: $id }) { __typename } }', { id });
  await has({ __typename: 'TranscriptionDeleted', id });
  await query(stack, 'mutation { pauseQueue(input: { reason: "night" }) { queue { paused } } }');
  await has({ __typename: 'QueueChanged', queue: { paused: true, reason: 'night' } });
  await query(stack, 'mutation { resumeQueue { queue { paused } } }');
  await has({ __typename: 'QueueChanged', queue: { paused: false } });
  const sample = {
    cpuPercent: 12.5,
    cpuCores: 2,
    memoryBytesTotal: 1,
    memoryBytesAvailable: 1,
    memoryPercent: 0,
    diskBytesTotal: 1,
    diskBytesFree: 1,
    diskPercent: 0,
  };
  await db.sql`insert into metric_samples (host, sample) values ('test-host', ${JSON.stringify(sample)}::jsonb)`;
  await has({ __typename: 'ResourcesSampled', sample: { cpuPercent: 12.5, host: 'test-host' } });
});

function matches(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  return Object.entries(expected).every(([key, value]) =>
    matches((actual as Record<string, unknown> | null | undefined)?.[key], value),
  );
}
