import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '@voice-transcriber/db';
import { createCleaner } from '@voice-transcriber/jobs/handlers';
import { createFileStorage } from '@voice-transcriber/storage';
import { createLogger } from '@voice-transcriber/telemetry';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query, upload, wavFile } from './requests.js';
import { seedTranscription } from './seed.js';

let stack: Stack;
let db: Database;

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
});
afterAll(async () => {
  await db.close();
  await stack.stop();
});

const save = (input: string): Promise<{ json: { data?: Record<string, Record<string, unknown>> } }> =>
  query(
    stack,
    `mutation { updateSettings(input: ${input}) { __typename ... on SettingsPayload { settings { keepMediaDays keepTranscriptsDays } } ... on InvalidInputError { field } } }`,
  );

test('retention is kept for ever at first, set one by one, and refused out of bounds', async () => {
  const read = async (): Promise<unknown> =>
    (await query(stack, '{ settings { keepMediaDays keepTranscriptsDays } }')).json.data.settings;
  expect(await read()).toEqual({ keepMediaDays: null, keepTranscriptsDays: null });
  await save('{ keepMediaDays: 7 }');
  await save('{ keepTranscriptsDays: 30 }');
  expect(await read()).toEqual({ keepMediaDays: 7, keepTranscriptsDays: 30 });
  await save('{ keepMediaDays: null }');
  expect(await read()).toEqual({ keepMediaDays: null, keepTranscriptsDays: 30 });
  const refused = await save('{ keepMediaDays: 0 }');
  expect(refused.json.data?.['updateSettings']).toMatchObject({
    __typename: 'InvalidInputError',
    field: 'keepMediaDays',
  });
});

test('clean-up deletes old recordings and old transcriptions, and nothing that is younger or still runs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vt-retention-'));
  const storage = createFileStorage({ directory: join(directory, 'storage') });
  const seed = async (
    daysOld: number,
    state = 'completed',
  ): Promise<{ id: string; isStored: () => Promise<boolean> }> => {
    const id = await seedTranscription(db, { dataDirectory: directory });
    await db.sql`update transcriptions set state = ${state}, finished_at = now() - ${daysOld} * interval '1 day' where id = ${id}`;
    await db.sql`update media set created_at = now() - interval '90 days' where id = (select media_id from transcriptions where id = ${id})`;
    const [row] = await db.sql<
      { storage_key: string }[]
    >`select storage_key from media m join transcriptions t on t.media_id = m.id where t.id = ${id}`;
    const path = storage.localPath(row?.storage_key ?? '');
    return {
      id,
      isStored: () =>
        access(path).then(
          () => true,
          () => false,
        ),
    };
  };
  const [young, middle, old, running] = [await seed(1), await seed(10), await seed(40), await seed(40, 'transcribing')];
  await save('{ keepMediaDays: 7, keepTranscriptsDays: 30 }');
  const cleaner = createCleaner({
    db,
    storage,
    logger: createLogger({ level: 'fatal', name: 'cleaner', instanceId: 'test' }),
    intervalSeconds: 0.001,
    eventsKeptDays: 30,
  });
  const removed = await cleaner.runOnce();
  await cleaner.dispose();
  expect(removed).toMatchObject({ oldTranscriptions: 1, oldRecordings: 1 });
  const rows = await db.sql<
    { id: string }[]
  >`select id from transcriptions where id in ${db.sql([young.id, middle.id, old.id, running.id])}`;
  expect(rows.map(({ id }) => id).sort()).toEqual([young.id, middle.id, running.id].sort());
  const kept = await Promise.all([young, middle, old, running].map(({ isStored }) => isStored()));
  expect(kept).toEqual([true, false, false, true]);
  await rm(directory, { recursive: true });
});

test('a preset fills in what a request leaves out, and only that', async () => {
  const options = '{ language: "de", prompt: "Grüße", priority: HIGH, wordTimes: false, channelMode: SEPARATE }';
  const created = await query(
    stack,
    `mutation { createPreset(input: { name: " Calls ", options: ${options} }) { ... on PresetPayload { preset { id name language channelMode task } } } }`,
  );
  const { preset } = created.json.data.createPreset;
  expect(preset).toMatchObject({ name: 'Calls', language: 'de', channelMode: 'SEPARATE', task: 'TRANSCRIBE' });

  const document = `mutation ($input: CreateTranscriptionInput!) { createTranscription(input: $input) { __typename
    ... on CreateTranscriptionPayload { transcription { requestedLanguage prompt priority wordTimes channelMode } } ... on InvalidInputError { field } } }`;
  const used = await upload(stack, { file: wavFile(1), document, input: { presetId: preset.id, language: 'en' } });
  expect(used.json.data.createTranscription.transcription).toEqual({
    requestedLanguage: 'en',
    prompt: 'Grüße',
    priority: 'HIGH',
    wordTimes: false,
    channelMode: 'SEPARATE',
  });
  const plain = await upload(stack, { file: wavFile(1, 2), document });
  expect(plain.json.data.createTranscription.transcription).toMatchObject({ priority: 'NORMAL', wordTimes: true });

  const change = (mutation: string): Promise<{ json: { data?: Record<string, { __typename: string }> } }> =>
    query(stack, `mutation { ${mutation} { __typename } }`);
  const taken = await change('createPreset(input: { name: "Calls", options: {} })');
  expect(taken.json.data?.['createPreset']?.__typename).toBe('InvalidInputError');
  const wrong = await change('createPreset(input: { name: "Other", options: { language: "klingon" } })');
  expect(wrong.json.data?.['createPreset']?.__typename).toBe('InvalidInputError');
  await change(`updatePreset(input: { id: "${preset.id}", name: "Phone", options: { task: TRANSLATE } })`);
  await change('createPreset(input: { name: "Archive", options: {} })');
  const listed = await query(stack, '{ presets { name task language } }');
  expect(listed.json.data.presets).toEqual([
    { name: 'Archive', task: 'TRANSCRIBE', language: null },
    { name: 'Phone', task: 'TRANSLATE', language: null },
  ]);
  await change(`deletePreset(input: { id: "${preset.id}" })`);
  const gone = await upload(stack, { file: wavFile(1), document, input: { presetId: preset.id } });
  expect(gone.json.data.createTranscription).toEqual({ __typename: 'InvalidInputError', field: 'presetId' });
});
