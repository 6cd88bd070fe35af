import { openDatabase, type Database } from '@voice-transcriber/db';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query, send } from './requests.js';
import { globalId, seedTranscription } from './seed.js';

let stack: Stack;
let db: Database;

beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 4 });
});
afterAll(async () => {
  await db.close();
  await stack.stop();
});

const SEGMENTS = `query ($id: ID!) { transcription(id: $id) { text wordCount editedAt lastEventSeq segments { nodes {
  id text confidence revision editedAt words { text startSeconds endSeconds }
  revisions { revision text editedAt editedBy }
} } } }`;
const EDIT = `mutation ($id: ID!, $text: String!, $revision: Int!) { result: editSegment(input: { id: $id, text: $text, revision: $revision }) {
  __typename ... on SegmentPayload { segment { id text revision words { text startSeconds endSeconds } } }
  ... on ConflictError { code message segment { text revision } } ... on Error { message }
} }`;
const RESTORE = `mutation ($id: ID!, $revision: Int!) { result: restoreSegment(input: { id: $id, revision: $revision }) {
  __typename ... on SegmentPayload { segment { text revision confidence } } ... on Error { message }
} }`;

async function readTranscript(id: string) {
  const { json } = await query(stack, SEGMENTS, { id: globalId('Transcription', id) });
  return json.data.transcription;
}

test('an edit keeps the times of the words that stay; text, exports, search and history follow', async () => {
  const id = await seedTranscription(db);
  const [first] = (await readTranscript(id)).segments.nodes;
  const { json } = await query(stack, EDIT, { id: first.id, text: '  Hello dear  world! ', revision: 1 });
  expect(json.data.result.segment).toMatchObject({
    text: 'Hello dear world!',
    revision: 2,
    words: [
      { text: 'Hello', startSeconds: 0, endSeconds: 0.5 },
      { text: 'dear', startSeconds: 0.5, endSeconds: 0.6 },
      { text: 'world!', startSeconds: 0.6, endSeconds: 1.5 },
    ],
  });
  const after = await readTranscript(id);
  expect([after.text, after.wordCount]).toEqual(['Hello dear world! Good bye.', 5]);
  expect(after.editedAt).not.toBeNull();
  const [edited] = after.segments.nodes;
  expect(edited.revisions).toEqual([
    { revision: 1, text: 'Hello world.', editedAt: null, editedBy: null },
    { revision: 2, text: 'Hello dear world!', editedAt: edited.editedAt, editedBy: 'test' },
  ]);
  expect(edited.confidence).toBe(1);

  const path = `${stack.apiUrl}/transcriptions/${globalId('Transcription', id)}/export.words.vtt`;
  const file = await send({ url: path, headers: { authorization: `Bearer ${stack.apiKey}` } });
  expect([file.headers['content-type'], file.body]).toEqual([
    'text/vtt; charset=utf-8',
    expect.stringContaining('Hello <00:00:00.500>dear <00:00:00.600>world!'),
  ]);
  const found = await query(stack, '{ searchTranscripts(query: "dear") { nodes { segment { id } } } }');
  expect(found.json.data.searchTranscripts.nodes).toEqual([{ segment: { id: first.id } }]);

  const events = await db.sql`select type, payload from events where transcription_id = ${id} order by seq`;
  expect(events).toEqual([
    { type: 'segment-edited', payload: { segmentId: expect.any(String), windowIndex: 0, revision: 2 } },
  ]);
});

test('an edit of a text that somebody changed meanwhile is refused, and says what it is now', async () => {
  const id = await seedTranscription(db);
  const [first] = (await readTranscript(id)).segments.nodes;
  const answers = await Promise.all(
    ['One.', 'Two.', 'Three.'].map((text) => query(stack, EDIT, { id: first.id, text, revision: 1 })),
  );
  const results = answers.map(({ json }) => json.data.result);
  const [won, ...more] = results.filter(({ __typename }) => __typename === 'SegmentPayload');
  expect(more).toEqual([]);
  const refused = results.filter(({ __typename }) => __typename === 'ConflictError');
  expect(refused).toHaveLength(2);
  for (const { code, segment } of refused) {
    expect([code, segment]).toEqual(['conflict', { text: won.segment.text, revision: 2 }]);
  }
});

test('an earlier text comes back as a new revision, with its words and confidence', async () => {
  const id = await seedTranscription(db);
  const [first] = (await readTranscript(id)).segments.nodes;
  await query(stack, EDIT, { id: first.id, text: 'Nonsense.', revision: 1 });
  const { json } = await query(stack, RESTORE, { id: first.id, revision: 1 });
  expect(json.data.result.segment).toEqual({ text: 'Hello world.', revision: 3, confidence: 0.9 });
  const [restored] = (await readTranscript(id)).segments.nodes;
  expect(restored.words).toEqual(first.words);
  expect(restored.revisions.map(({ text }: { text: string }) => text)).toEqual([
    'Hello world.',
    'Nonsense.',
    'Hello world.',
  ]);
  const missing = await query(stack, RESTORE, { id: first.id, revision: 9 });
  expect(missing.json.data.result.__typename).toBe('NotFoundError');
});

test('what cannot be a text is refused by name, and so is an edit while the transcription runs', async () => {
  const id = await seedTranscription(db);
  const [first] = (await readTranscript(id)).segments.nodes;
  for (const text of ['   ', 'a'.repeat(5001)]) {
    const { json } = await query(stack, EDIT, { id: first.id, text, revision: 1 });
    expect(json.data.result.__typename).toBe('InvalidInputError');
  }
  await db.sql`update transcriptions set state = 'transcribing' where id = ${id}`;
  const { json } = await query(stack, EDIT, { id: first.id, text: 'Later.', revision: 1 });
  expect(json.data.result).toMatchObject({ __typename: 'ConflictError', segment: { text: 'Hello world.' } });
});
