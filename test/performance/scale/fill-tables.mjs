// Fills the tables of an empty installation with a million finished transcriptions and a queue, by SQL alone.
import postgres from 'postgres';

/** How many rows of what are made; printed with the results. */
export const SIZES = {
  finished: 1_000_000,
  waiting: 100_000,
  /** The newest finished ones have segments, five each, and attempts and events. */
  withSegments: 200_000,
  segmentsEach: 5,
  withHistory: 100_000,
  words: 20_000,
  sentences: 20_000,
};

const TABLES = ['media', 'transcriptions', 'chunks', 'windows', 'segments', 'attempts', 'events'];
/** A year of one finished transcription every half minute. */
const SECONDS_BETWEEN = 31.5;

/** As the product makes them, version 4, but the same on every run. */
const id = (kind, number) =>
  `overlay(overlay(md5('${kind}' || ${number}) placing '4' from 13) placing 'a' from 17)::uuid`;
/** One of `count`, the same on every run. */
const pick = (number, factor, count) => `(1 + (${number}::bigint * ${factor} % ${count}))`;

/** The product's own bells, some of them. */
const ring = (which) => `
  select graphile_worker.add_job('prepare-transcription', json_build_object('v', 1, 'transcriptionId', id), job_key => 'prepare:' || id,
    priority => -29000 + case priority when 'high' then -1 when 'low' then 1 else 0 end)
  from (select id, priority from transcriptions where state = 'queued' order by id ${which}) waiting`;

const STATEMENTS = (sizes) => ({
  // Words of 3 to 9 letters; of a sentence's twelve the rank falls as in speech: the commonest word is in three of four texts, most are in a few hundred.
  'words and sentences': `
    create unlogged table study_words as
      select n, substr(translate(md5(n::text), '0123456789', 'ghijklmnop'), 1, 3 + n % 7) as word from generate_series(1, ${sizes.words}) n;
    alter table study_words add primary key (n);
    create unlogged table study_sentences as
      select s as n, string_agg(w.word, ' ' order by p) as text,
        jsonb_agg(jsonb_build_array(w.word, p * 0.4, p * 0.4 + 0.3, 0.9) order by p) as words
      from (select s, p, 1 + floor(${sizes.words} * power(random(), 3))::int as rank
        from generate_series(1, ${sizes.sentences}) s, generate_series(1, 12) p) drawn
      join study_words w on w.n = drawn.rank group by s;
    alter table study_sentences add primary key (n);`,
  media: `
    insert into media (id, storage_key, sha256, size_bytes, filename, container, codec, duration_seconds, channels, sample_rate_hz, created_at)
    select ${id('media', 'n')}, 'uploads/study/' || n, md5('a' || n) || md5('b' || n), 500000 + n % 900000,
      (array['interview', 'meeting', 'call', 'lecture', 'memo', 'podcast'])[${pick('n', 7, 6)}] || '-'
        || to_char(now() - n * interval '${SECONDS_BETWEEN} seconds', 'YYYY-MM-DD') || '-' || n || '.mp3',
      'mp3', 'mp3', 20 + n % 100, 1, 44100, now() - n * interval '${SECONDS_BETWEEN} seconds'
    from generate_series(1, ${sizes.finished + sizes.waiting}) n`,
  'finished transcriptions': `
    insert into transcriptions (id, media_id, state, options, model, backend, device, device_actual, audio_seconds, speech_seconds, planned_seconds,
      committed_seconds, chunks_total, chunks_done, language, text, word_count, error, event_seq, inference_seconds, memory_bytes_peak, created_at, started_at,
      finished_at, updated_at)
    select ${id('transcription', 'drawn.n')}, ${id('media', 'drawn.n')}, state::transcription_state, '{"task": "transcribe", "wordTimes": true}',
      (array['tiny', 'base', 'base', 'small'])[${pick('drawn.n', 11, 4)}], 'onnxruntime', 'cpu', 'cpu', 20 + drawn.n % 100, 18 + drawn.n % 100, 18 + drawn.n % 100,
      case when state = 'completed' then 18 + drawn.n % 100 else 0 end, 1, case when state = 'completed' then 1 else 0 end,
      (array['en', 'en', 'en', 'de', 'fr'])[${pick('drawn.n', 13, 5)}], case when state in ('completed', 'partial') then a.text || ' ' || b.text || ' ' || c.text end, 36,
      case when state = 'failed' then jsonb_build_object('code', (array['audio-broken', 'process-crashed', 'worker-lost'])[${pick('drawn.n', 3, 3)}], 'message', 'It failed.') end,
      6, 4, 300000000, created, created + drawn.n % 60 * interval '1 second', created + (60 + drawn.n % 60) * interval '1 second', created + (60 + drawn.n % 60) * interval '1 second'
    from (select n, now() - n * interval '${SECONDS_BETWEEN} seconds' - interval '3 minutes' as created,
        case when n % 50 = 7 then 'failed' when n % 100 = 3 then 'partial' when n % 200 = 5 then 'cancelled' else 'completed' end as state
      from generate_series(1, ${sizes.finished}) n) drawn
    join study_sentences a on a.n = ${pick('drawn.n', 7919, sizes.sentences)}
    join study_sentences b on b.n = ${pick('drawn.n', 104729, sizes.sentences)}
    join study_sentences c on c.n = ${pick('drawn.n', 15485863, sizes.sentences)}`,
  'waiting transcriptions and their bells': `
    insert into transcriptions (id, media_id, state, options, priority, event_seq, created_at, updated_at)
    select ${id('transcription', 'n')}, ${id('media', 'n')}, 'queued', '{"task": "transcribe", "wordTimes": true}',
      (array['normal', 'normal', 'normal', 'high', 'low'])[${pick('n', 3, 5)}]::transcription_priority, 1,
      now() - (n - ${sizes.finished}) * interval '0.5 seconds', now() - (n - ${sizes.finished}) * interval '0.5 seconds'
    from generate_series(${sizes.finished + 1}, ${sizes.finished + sizes.waiting}) n;
    ${ring('limit 1000')};
    -- Its plans were made for an empty queue.
    analyze graphile_worker._private_jobs;
    ${ring('offset 1000')}`,
  chunks: `
    insert into chunks (id, transcription_id, index, start_seconds, end_seconds, state, token)
    select ${id('chunk', 'n')}, ${id('transcription', 'n')}, 0, 0, 18 + n % 100, case when n % 50 = 7 then 'quarantined' else 'done' end::chunk_state, 1
    from generate_series(1, ${sizes.finished}) n`,
  windows: `
    insert into windows (transcription_id, chunk_id, index, start_seconds, end_seconds, committed_at, token, language, inference_seconds)
    select ${id('transcription', 'n')}, ${id('chunk', 'n')}, 0, 0, 18 + n % 100, now() - n * interval '${SECONDS_BETWEEN} seconds', 1, 'en', 4
    from generate_series(1, ${sizes.finished}) n`,
  segments: `
    insert into segments (transcription_id, window_index, index, start_seconds, end_seconds, text, confidence, words, language)
    select ${id('transcription', 't')}, 0, i, i * 5, i * 5 + 4.8, s.text, 0.9, s.words, 'en'
    from generate_series(1, ${sizes.withSegments}) t, generate_series(0, ${sizes.segmentsEach - 1}) i
    join study_sentences s on true where s.n = ${pick('(t * 5 + i)', 7919, sizes.sentences)}`,
  'attempts and events': `
    insert into attempts (transcription_id, chunk_id, kind, outcome, model, backend, device, windows_committed, duration_seconds, started_at, finished_at)
    select ${id('transcription', 'n')}, case when kind = 'chunk' then ${id('chunk', 'n')} end, kind::attempt_kind, 'succeeded', 'base', 'onnxruntime', 'cpu', 1, 4,
      now() - n * interval '${SECONDS_BETWEEN} seconds', now() - n * interval '${SECONDS_BETWEEN} seconds'
    from generate_series(1, ${sizes.withHistory}) n, unnest(array['prepare', 'chunk', 'finish']) kind;
    insert into events (transcription_id, seq, type, payload, created_at)
    select ${id('transcription', 'n')}, seq, 'state-changed', '{"from": "queued", "state": "preparing"}', now() - n * interval '${SECONDS_BETWEEN} seconds'
    from generate_series(1, ${sizes.withHistory}) n, generate_series(1, 6) seq`,
});

/** Resolves to the seconds that it took. Secondary indexes are made anew behind the rows, which is what a restored backup does. */
export async function fillTables(databaseUrl, report) {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined, connection: { statement_timeout: 0 } });
  const startedAt = performance.now();
  try {
    await sql.unsafe(
      `set maintenance_work_mem = '1GB'; set work_mem = '256MB'; set session_replication_role = replica; select setseed(0.42)`,
    );
    const indexes = await sql`
      select indexdef as definition, format('%I.%I', schemaname, indexname) as name from pg_indexes
      where schemaname = 'public' and tablename in ${sql(TABLES)}
        and indexname not in (select conname from pg_constraint)`;
    for (const { name } of indexes) await sql.unsafe(`drop index ${name}`);
    const timed = async (what, statement) => {
      const from = performance.now();
      await sql.unsafe(statement);
      report(`  ${what}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
    };
    for (const [what, statement] of Object.entries(STATEMENTS(SIZES))) await timed(what, statement);
    await timed('indexes', indexes.map(({ definition }) => definition).join(';'));
    await sql.unsafe('drop table study_words');
    await timed('statistics', 'vacuum (analyze)');
    const [{ size }] = await sql`select pg_size_pretty(pg_database_size(current_database())) as size`;
    return { seconds: (performance.now() - startedAt) / 1000, size };
  } finally {
    await sql.end();
  }
}
