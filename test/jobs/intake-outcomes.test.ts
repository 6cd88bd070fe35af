import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTranscription, retryTranscription } from '@voice-transcriber/jobs';
import { createCleaner } from '@voice-transcriber/jobs/handlers';
import { REPOSITORY_DIRECTORY, waveHeader } from '@voice-transcriber/testkit';
import { createLogger } from '@voice-transcriber/telemetry';
import { expectInvariants } from '../chaos/expect-invariants.js';
import { install, type Installation } from '../chaos/installation.js';

let installation: Installation;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vt-intake-'));
  installation = await install({ env: { AUDIO_OPTIMIZATION: 'True' } });
});
afterAll(async () => {
  await installation.stop();
  await rm(directory, { recursive: true, force: true });
});

async function storedKeys(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of installation.storage.list('')) keys.push(key);
  return keys;
}

test('a recording without speech is completed with an empty text and says so', async () => {
  const path = join(directory, 'silence.wav');
  await writeFile(path, silentWav(20));
  const transcription = await installation.finished(await installation.submit({ audio: { path } }));
  expect(transcription).toMatchObject({ state: 'completed', text: '', wordCount: 0, error: null });
  expect(transcription.warnings.map(({ code }) => code)).toEqual(['no-speech']);
});

test('a truncated recording fails with what to do, leaves no byte behind, and cannot be retried', async () => {
  const path = join(directory, 'truncated.flac');
  const whole = await readFile(join(REPOSITORY_DIRECTORY, 'test', 'fixtures', 'audio', 'jfk.flac'));
  await writeFile(path, whole.subarray(0, whole.length / 2));
  // The work file of the recording before goes a moment after its transcription is finished.
  await expectInvariants(installation);
  const before = await storedKeys();
  const id = await installation.submit({ audio: { path } });
  const transcription = await installation.finished(id);
  expect(transcription.state).toBe('failed');
  expect(transcription.error?.code).toBe('file-truncated');
  expect(transcription.error?.message).toMatch(/upload/);
  await expectInvariants(installation);
  expect(await storedKeys()).toEqual(before);
  expect(await retryTranscription(installation.db, { id })).toMatchObject({ ok: false, code: 'invalid-state' });
});

test('three requests with one idempotency key make one transcription and name the blobs that nobody needs', async () => {
  const [key] = await installation.db.orm.execute<{ id: string }>(sql`
    insert into api_keys (name, prefix, hmac, scope) values ('test', 'vt_', gen_random_uuid()::text, 'write') returning id`);
  const content = silentWav(1);
  const results = await Promise.all(
    [1, 2, 3].map(async (number) => {
      const storageKey = `uploads/idempotent-${number}`;
      const stored = await installation.storage.put(storageKey, Readable.from([content]));
      return createTranscription(installation.db, {
        media: { storageKey, ...stored, filename: 'same.wav', container: 'wav' },
        apiKeyId: key?.id,
        options: { task: 'transcribe', wordTimes: true },
        priority: 'normal',
        idempotencyKey: 'the-same',
      });
    }),
  );
  for (const { unusedStorageKey } of results) if (unusedStorageKey) await installation.storage.delete(unusedStorageKey);
  expect(new Set(results.map(({ transcription }) => transcription.id)).size).toBe(1);
  expect(results.filter(({ existing }) => !existing)).toHaveLength(1);
  await installation.finished(results[0]?.transcription.id ?? '');
  await expectInvariants(installation);
});

test('clean-up removes what no row names and is older than an hour, and nothing younger', async () => {
  const { storage, db } = installation;
  const old = ['uploads/orphan', 'audio/orphan.1.pcm'];
  for (const key of [...old, 'uploads/young']) await storage.put(key, Readable.from([randomBytes(16)]));
  const longAgo = new Date(Date.now() - 2 * 3600 * 1000);
  for (const key of old) await utimes(storage.localPath(key), longAgo, longAgo);
  await db.orm.execute(
    sql`insert into metric_samples (host, sample, sampled_at) values ('gone', '{}', now() - interval '2 days')`,
  );
  const before = await storedKeys();
  const logger = createLogger({ level: 'silent', name: 'test', instanceId: 'test' });
  const cleaner = createCleaner({ db, storage, logger, intervalSeconds: 0, eventsKeptDays: 30 });
  expect(await cleaner.runOnce()).toMatchObject({ recordings: 1, workFiles: 1, samples: 1, events: 0 });
  expect(await storedKeys()).toEqual(before.filter((key) => !old.includes(key)));
  await cleaner.dispose();
  await storage.delete('uploads/young');
});

function silentWav(seconds: number): Buffer {
  const data = Buffer.alloc(seconds * 32_000);
  return Buffer.concat([waveHeader({ dataBytes: data.length, sampleRateHz: 16_000 }), data]);
}
