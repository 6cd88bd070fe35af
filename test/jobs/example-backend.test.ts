import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { waveHeader } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StoredWord } from '@voice-transcriber/db';
import { expectInvariants } from '../chaos/expect-invariants.js';
import { install, type Installation } from '../chaos/installation.js';
import { installProfile } from '../example-backend/install-profile.js';

const SAMPLE_RATE_HZ = 16_000;
/** Two of the backend's frames: decoding may move an edge by one. */
const FRAME_SECONDS = 0.02;
/** What is heard, and from when to when. */
const BURSTS = [
  { word: 'tick', startSeconds: 0.5, endSeconds: 0.6 },
  { word: 'beat', startSeconds: 1.5, endSeconds: 1.9 },
  { word: 'tone', startSeconds: 3, endSeconds: 4 },
  { word: 'drone', startSeconds: 5.5, endSeconds: 8.25 },
  { word: 'tick', startSeconds: 9, endSeconds: 9.15 },
];

let directory: string;
let installation: Installation;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vt-example-backend-'));
  const models = join(directory, 'models');
  const { manifest } = await installProfile(models);
  installation = await install({
    env: {
      MODELS_DIR: models,
      DEFAULT_MODEL: manifest.name,
      VT_EXTRA_BACKENDS: `energy-words=${import.meta.resolve('@voice-transcriber/backend-energy-words')}`,
    },
  });
});
afterAll(async () => {
  await installation.stop();
  await rm(directory, { recursive: true, force: true });
});

test('a recording goes through a worker to a backend that was added by configuration alone, and comes back with true times', async () => {
  const path = join(directory, 'bursts.wav');
  await writeFile(path, burstsWav(10));
  const id = await installation.submit({ audio: { path } });
  const transcription = await installation.finished(id);
  expect(transcription).toMatchObject({
    state: 'completed',
    backend: 'energy-words',
    deviceActual: 'cpu',
    error: null,
  });
  expect(transcription.text).toBe(BURSTS.map(({ word }) => word).join(' '));
  const rows = await installation.db.orm.execute<{ words: StoredWord[] }>(
    sql`select words from segments where transcription_id = ${id} order by start_seconds`,
  );
  const words = [...rows].flatMap((row) => row.words);
  expect(words).toHaveLength(BURSTS.length);
  for (const [position, { startSeconds, endSeconds }] of BURSTS.entries()) {
    const [, from = 0, to = 0] = words[position] ?? [];
    expect(Math.abs(from - startSeconds)).toBeLessThan(FRAME_SECONDS);
    expect(Math.abs(to - endSeconds)).toBeLessThan(FRAME_SECONDS);
  }
  await expectInvariants(installation);
});

/** 440 Hz while a burst lasts, silence between. */
function burstsWav(seconds: number): Buffer {
  const data = Buffer.alloc(seconds * SAMPLE_RATE_HZ * 2);
  for (const { startSeconds, endSeconds } of BURSTS) {
    for (let position = startSeconds * SAMPLE_RATE_HZ; position < endSeconds * SAMPLE_RATE_HZ; position++) {
      data.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * position) / SAMPLE_RATE_HZ)), position * 2);
    }
  }
  return Buffer.concat([waveHeader({ dataBytes: data.length, sampleRateHz: SAMPLE_RATE_HZ }), data]);
}
