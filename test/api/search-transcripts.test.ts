import { randomUUID } from 'node:crypto';
import {
  media,
  openDatabase,
  searchSegments,
  segments,
  transcriptions,
  type Database,
  type Queryable,
} from '@voice-transcriber/db';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from './requests.js';

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

interface Hit {
  readonly segment: { readonly id: string; readonly text: string };
  readonly headline: { readonly text: string; readonly match: boolean }[];
  readonly rank: number;
}

const SEARCH = `query ($query: String!, $first: Int, $after: String, $language: String, $filter: TranscriptionFilter) {
  searchTranscripts(query: $query, first: $first, after: $after, language: $language, filter: $filter) {
    nodes { rank segment { id text } transcription { id } headline { text match } } pageInfo { hasNextPage endCursor }
  }
}`;

async function search(text: string, more: Record<string, unknown> = {}): Promise<Hit[]> {
  const { json } = await query(stack, SEARCH, { query: text, first: 20, ...more });
  return json.data.searchTranscripts.nodes;
}

test('a search finds words of any transcript, marks them without markup, and pages without losing one', async () => {
  const texts = [
    'The quick <b>brown</b> fox',
    'A fox is a fox is a fox',
    'No such animal, foxes are many',
    'Der Fuchs & die Gans',
  ];
  const transcriptionId = await insertTranscript(db, { texts, language: 'en' });
  await insertTranscript(db, { texts: ['Le fox-trot'], language: 'fr' });

  const found = await search('fox');
  expect(found.map(({ segment }) => segment.text)).toEqual([
    'A fox is a fox is a fox',
    expect.any(String),
    expect.any(String),
  ]);
  const brown = found.find(({ segment }) => segment.text.includes('brown'));
  expect(brown?.headline).toEqual([
    { text: 'The quick <b>brown</b> ', match: false },
    { text: 'fox', match: true },
  ]);
  expect((await search('"brown fox" or gans')).length).toBe(1 + 1 - (brown === undefined ? 1 : 0));
  expect((await search('fox -quick', { language: 'en' })).map(({ segment }) => segment.text)).toEqual([
    'A fox is a fox is a fox',
  ]);
  expect(await search('fox', { filter: { language: 'de' } })).toEqual([]);
  expect(await search('   ')).toEqual([]);

  const paged: string[] = [];
  let after: string | null = null;
  do {
    const { json } = await query(stack, SEARCH, { query: 'fox', first: 1, after });
    const { nodes, pageInfo } = json.data.searchTranscripts;
    paged.push(...nodes.map(({ segment }: Hit) => segment.id));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  expect(paged).toEqual(found.map(({ segment }) => segment.id));
  expect(transcriptionId).toEqual(expect.any(String));
});

async function insertTranscript(
  database: Database,
  { texts, language }: { texts: readonly string[]; language: string },
): Promise<string> {
  const [recording] = await database.orm
    .insert(media)
    .values({ storageKey: randomUUID(), sha256: randomUUID(), sizeBytes: 1, filename: 'a.wav', container: 'wav' })
    .returning();
  const [transcription] = await database.orm
    .insert(transcriptions)
    .values({
      mediaId: recording?.id ?? '',
      state: 'completed',
      options: { task: 'transcribe', wordTimes: true },
      language,
      text: texts.join(' '),
      finishedAt: new Date(),
    })
    .returning();
  const transcriptionId = transcription?.id ?? '';
  for (let start = 0; start < texts.length; start += 2000) {
    await database.orm.insert(segments).values(
      texts.slice(start, start + 2000).map((text, position) => ({
        transcriptionId,
        windowIndex: Math.floor((start + position) / 10),
        index: (start + position) % 10,
        startSeconds: (start + position) * 3,
        endSeconds: (start + position) * 3 + 2.5,
        text,
        language,
        confidence: 0.9,
      })),
    );
  }
  return transcriptionId;
}

test('30,000 segments are searched through an index: a rare word, a phrase, and a word that is in every one', async () => {
  const vocabulary = [
    'river',
    'meeting',
    'budget',
    'yellow',
    'engine',
    'question',
    'morning',
    'number',
    'paper',
    'road',
  ];
  let state = 7;
  const draw = (): string => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return vocabulary[(state >> 12) % vocabulary.length] ?? '';
  };
  const said: string[] = [];
  for (let recording = 0; recording < 10; recording += 1) {
    const texts = Array.from({ length: 3000 }, (_, index) => {
      const rare = recording === 3 && index === 1234 ? ' zugzwang' : '';
      return `well ${Array.from({ length: 8 }, draw).join(' ')}${rare}`;
    });
    said.push(...texts);
    await insertTranscript(db, { texts, language: 'en' });
  }
  // Also empties the index's list of what is not sorted in yet: how long that is depends on when autovacuum came by, and the planner counts it as cost.
  await db.sql`vacuum (analyze) segments`;
  for (const [words, parts] of [
    ['zugzwang', ['zugzwang']],
    ['"yellow engine"', ['yellow engine']],
    ['budget meeting', ['budget', 'meeting']],
    ['well', ['well']],
  ] as const) {
    const startedAt = performance.now();
    const hits = await search(words);
    const milliseconds = performance.now() - startedAt;
    console.log(
      `search of 30,000 segments for ${words}: ${milliseconds.toFixed(0)} ms, ${hits.length} of a page of 20`,
    );
    const count = said.filter((text) => parts.every((part) => text.includes(part))).length;
    expect(hits).toHaveLength(Math.min(20, count));
  }

  const scans = await db.orm.transaction(async (transaction) => {
    const before = await countIndexScans(transaction);
    expect(await searchSegments(transaction, { query: 'zugzwang', limit: 20 })).toHaveLength(1);
    return (await countIndexScans(transaction)) - before;
  });
  expect(scans).toBe(1);
});

/** Of this session, as it has not reported them yet. */
async function countIndexScans(transaction: Queryable): Promise<number> {
  const [row] = await transaction.execute(
    sql`select pg_stat_get_xact_numscans('segments_search_index'::regclass)::int as scans`,
  );
  return Number(row?.['scans']);
}
