// Asks an installation with full tables what its console, its clients and its workers ask, and says how long each answer takes beside its limit.
import { openDatabase } from '@voice-transcriber/db';
import { measureWork } from './measure-work.mjs';

/** Milliseconds that 95 of 100 answers may take. */
const LIMITS = {
  page: 100,
  count: 200,
  search: 300,
  /** Of what a sixth to a third of all rows have: each of them is read. */
  frequent: 1500,
  overview: 300,
  reconciler: 250,
  claim: 20,
  enqueue: 20,
  cleanUp: 30_000,
};

const ROUNDS = 20;
const PAGE = `nodes { id state priority language model createdAt finishedAt audioSeconds progress { fraction } media { filename } error { code } }`;

export async function measureTables(stack, { words, logger }) {
  const db = openDatabase(stack.databaseUrl, { connectionsMax: 4 });
  const results = [];
  const ask = async (document, variables = {}) => {
    const response = await fetch(`${stack.apiUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: document, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(`${document}: ${JSON.stringify(errors)}`);
    return data;
  };
  const measure = async (what, limit, once, rounds = ROUNDS) => {
    const times = [];
    // The first one warms the caches of plans and pages; a limit is about an installation that runs.
    for (let round = -1; round < rounds; round += 1) {
      const startedAt = performance.now();
      await once(Math.max(0, round));
      if (round >= 0) times.push(performance.now() - startedAt);
    }
    note(what, limit, times);
  };
  const note = (what, limit, times) => {
    const sorted = [...times].sort((left, right) => left - right);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
    const result = { what, p50: at(0.5), p95: at(0.95), limit, count: times.length };
    results.push(result);
    logger(
      `  ${what.padEnd(62)} p50 ${result.p50.toFixed(1).padStart(8)} ms  p95 ${result.p95.toFixed(1).padStart(8)} ms  limit ${limit} ${result.p95 <= limit ? '' : 'MISSED'}`,
    );
  };
  const list = (argument, variables) =>
    ask(
      `query ($after: String, $filter: TranscriptionFilter) { transcriptions(first: 50, after: $after, ${argument}filter: $filter) { ${PAGE} pageInfo { endCursor } } }`,
      variables,
    );

  try {
    const { transcriptions } = await list('');
    await measure('list, first page of 50', LIMITS.page, () => list(''));
    await measure('list, second page', LIMITS.page, () => list('', { after: transcriptions.pageInfo.endCursor }));
    const deep = await deepCursors(db);
    await measure('list, a page 900,000 rows down', LIMITS.page, (round) => list('', { after: deep[round] }));
    await measure('list, last page', LIMITS.page, () => ask(`{ transcriptions(last: 50) { ${PAGE} } }`));
    for (const state of ['COMPLETED', 'FAILED', 'QUEUED']) {
      await measure(`list, only ${state}`, LIMITS.page, () => list(`states: [${state}], `));
    }
    await measure('list, only FAILED and CANCELLED', LIMITS.page, () => list('states: [FAILED, CANCELLED], '));
    await measure('list, model and language', LIMITS.page, () =>
      list('', { filter: { model: 'small', language: 'fr' } }),
    );
    await measure('list, one day half a year ago', LIMITS.page, (round) => list('', { filter: dayAgo(180 + round) }));
    await measure('list, text: a word of about 250 texts', LIMITS.page, (round) =>
      list('', { filter: { search: words.rare[round] } }),
    );
    await measure('list, text: a word of every third text', LIMITS.frequent, (round) =>
      list('', { filter: { search: words.common[round % 4] } }),
    );
    await measure('list, text: a filename', LIMITS.page, (round) =>
      list('', { filter: { search: `${400_000 + round}.mp3` } }),
    );
    await measure('list, text: part of a sixth of the filenames', LIMITS.frequent, () =>
      list('', { filter: { search: 'ntervie' } }),
    );
    await measure('list, text: only a word that must not be there', LIMITS.page, (round) =>
      list('', { filter: { search: `-${words.rare[round]}` } }),
    );
    await measure('list, text: nothing has it', LIMITS.page, (round) =>
      list('', { filter: { search: `qqqq${round}` } }),
    );
    await measure('count of all', LIMITS.count, () => ask('{ transcriptions(first: 1) { totalCount } }'));
    await measure('counts of the tabs', LIMITS.count, () =>
      ask('{ transcriptionCounts { total states { state count } } }'),
    );
    await measure('counts of the tabs, text: a word of about 250 texts', LIMITS.count, (round) =>
      ask('query ($filter: TranscriptionFilter) { transcriptionCounts(filter: $filter) { total } }', {
        filter: { search: words.rare[round] },
      }),
    );
    await measure('counts of the tabs, text: a word of every third text', LIMITS.frequent, (round) =>
      ask('query ($filter: TranscriptionFilter) { transcriptionCounts(filter: $filter) { total } }', {
        filter: { search: words.common[round % 4] },
      }),
    );
    const search = (query, after) =>
      ask(
        'query ($query: String!, $after: String) { searchTranscripts(query: $query, first: 20, after: $after) { nodes { rank headline { text match } transcription { id } } pageInfo { endCursor } } }',
        { query, after },
      );
    await measure('search in segments, a rare word', LIMITS.search, (round) => search(words.rare[round]));
    await measure('search in segments, two words', LIMITS.search, (round) =>
      search(`${words.common[round % 4]} ${words.rare[round]}`),
    );
    await measure('search in segments, a word of every eighth segment', LIMITS.frequent, (round) =>
      search(words.common[round % 4]),
    );
    await measure('overview of the last hour', LIMITS.overview, () =>
      ask(
        '{ overview(minutes: 60) { running waiting failed audioHoursDay waitSecondsP95 computeSecondsP95 realTimeFactorNow alerts { code } failures { code count } points { finished } } }',
      ),
    );
    await measure('queue', LIMITS.count, () =>
      ask('{ queue { paused waiting running oldestWaitingSeconds finishedLastHour audioSecondsLastHour } }'),
    );
    await measureWork({ db, stack, measure, note, limits: LIMITS });
  } finally {
    await db.close();
  }
  return results;
}

async function deepCursors(db) {
  const rows = await db.sql`
    select to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, id from transcriptions
    order by created_at desc, id desc offset 900000 limit 20`;
  return rows.map(({ at, id }) => Buffer.from(JSON.stringify([at, id])).toString('base64url'));
}

function dayAgo(days) {
  const at = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString();
  return { createdAfter: at(days), createdBefore: at(days - 1) };
}
