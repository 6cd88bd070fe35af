// Measures a recording's whole way through the product: node test/performance/upload-to-transcript.mjs [recording] [model] [runs=3]
// Uploads it to a running API and follows it to its text; prints seconds by stage, speed, CPU seconds and memory of API, worker and their children.
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { openDatabase } from '@voice-transcriber/db';
import { processTreeUsage } from '@voice-transcriber/telemetry';
import { sharedAudio, startStack } from '@voice-transcriber/testkit';

const CLOCK_TICKS_PER_SECOND = 100;
const CREATE = `mutation ($input: CreateTranscriptionInput!) { createTranscription(input: $input) {
  __typename ... on Error { message } ... on CreateTranscriptionPayload { transcription { id lastSeq } } } }`;

const fallback = fileURLToPath(new URL('../fixtures/audio/jfk.flac', import.meta.url));
const recording = process.argv[2] ?? sharedAudio('long-lj-chapter.flac') ?? fallback;
const model = process.argv[3];
const runs = Number(process.argv[4] ?? 3);
const content = await readFile(recording);

const stack = await startStack({
  workers: 1,
  database: 'own',
  ...(process.env.MODELS_DIR && { env: { MODELS_DIR: process.env.MODELS_DIR } }),
});
const db = openDatabase(stack.databaseUrl);
const roots = [stack.api.pid, stack.workers[0].pid];
try {
  for (let run = 1; run <= runs; run += 1) print(run, await measure());
} finally {
  await db.close();
  await stack.stop();
}

async function measure() {
  const cpuBefore = await cpuSeconds();
  let memoryBytesPeak = 0;
  const sampling = setInterval(async () => {
    const bytes = await Promise.all(roots.map(async (pid) => (await processTreeUsage(pid)).memoryBytes));
    memoryBytesPeak = Math.max(memoryBytesPeak, bytes[0] + bytes[1]);
  }, 200);
  const startedAt = Date.now();
  const rowId = await upload();
  const row = await finished(rowId);
  const textAt = Date.now();
  clearInterval(sampling);
  return {
    startedAt,
    textAt,
    row,
    memoryBytesPeak,
    cpuSeconds: (await cpuSeconds()) - cpuBefore,
    marks: await marks(rowId),
  };
}

async function upload() {
  const form = new FormData();
  form.set(
    'operations',
    JSON.stringify({ query: CREATE, variables: { input: { file: null, ...(model && { model }) } } }),
  );
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.set('0', new Blob([content]), basename(recording));
  const response = await fetch(`${stack.apiUrl}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.apiKey}` },
    body: form,
  });
  const { data, errors } = await response.json();
  if (errors || !data.createTranscription.transcription) throw new Error(JSON.stringify(errors ?? data));
  const [newest] = await db.orm.execute(sql`select id from transcriptions order by created_at desc limit 1`);
  return newest.id;
}

async function finished(id) {
  const deadline = Date.now() + 600_000;
  for (;;) {
    const [row] = await db.orm.execute(
      sql`select state::text, audio_seconds, speech_seconds, word_count, backend, model, device_actual, inference_seconds, error from transcriptions where id = ${id}`,
    );
    if (row.state === 'completed') return row;
    if (['failed', 'partial', 'cancelled'].includes(row.state) || Date.now() > deadline)
      throw new Error(JSON.stringify(row));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Moments in milliseconds. Both clocks are this machine's. */
async function marks(id) {
  const milliseconds = (column) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`);
  const [row] = await db.orm.execute(sql`
    select ${milliseconds('t.created_at')} as accepted,
      (select ${milliseconds('min(started_at)')} from attempts where transcription_id = t.id and kind = 'prepare') as prepare_from,
      (select ${milliseconds('max(finished_at)')} from attempts where transcription_id = t.id and kind = 'prepare') as prepare_to,
      (select ${milliseconds('min(started_at)')} from attempts where transcription_id = t.id and kind = 'chunk') as chunk_from,
      (select ${milliseconds('min(committed_at)')} from windows where transcription_id = t.id) as first_window,
      (select ${milliseconds('max(committed_at)')} from windows where transcription_id = t.id) as last_window,
      (select count(*)::int from windows where transcription_id = t.id) as windows
    from transcriptions t where id = ${id}`);
  return row;
}

/** Of API, worker and all their children, ended ones included: the kernel adds those to their parents. */
async function cpuSeconds() {
  const stats = new Map();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined) continue;
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    stats.set(Number(name), { parent: fields[1], ticks: fields[11] + fields[12] + fields[13] + fields[14] });
  }
  const descends = (pid) => roots.includes(pid) || (stats.has(pid) && descends(stats.get(pid).parent));
  let ticks = 0;
  for (const [pid, stat] of stats) if (descends(pid)) ticks += stat.ticks;
  return ticks / CLOCK_TICKS_PER_SECOND;
}

function print(run, { startedAt, textAt, row, marks: at, memoryBytesPeak, cpuSeconds: cpu }) {
  const audioSeconds = row.audio_seconds;
  const total = (textAt - startedAt) / 1000;
  const stages = [
    ['upload, probe, register', at.accepted - startedAt],
    ['until preparation begins', at.prepare_from - at.accepted],
    ['prepare (decode, speech, plan)', at.prepare_to - at.prepare_from],
    ['until transcription begins', at.chunk_from - at.prepare_to],
    ['until the first window is committed', at.first_window - at.chunk_from],
    ['until the last window is committed', at.last_window - at.first_window],
    ['merge, check, finish', textAt - at.last_window],
  ];
  const what = `${row.model} on ${row.backend} (${row.device_actual}), ${at.windows} windows`;
  console.log(
    `\nrun ${run}${run === 1 ? ' (the model is loaded in it)' : ''}: ${basename(recording)}, ${audioSeconds.toFixed(0)} s, ${what}`,
  );
  for (const [name, milliseconds] of stages)
    console.log(`  ${name.padEnd(38)} ${(milliseconds / 1000).toFixed(2).padStart(7)} s`);
  console.log(
    `  ${'upload to text'.padEnd(38)} ${total.toFixed(2).padStart(7)} s = ${(audioSeconds / total).toFixed(1)}x real time`,
  );
  console.log(
    `  ${'inside the model'.padEnd(38)} ${row.inference_seconds.toFixed(2).padStart(7)} s = ${(audioSeconds / row.inference_seconds).toFixed(1)}x real time`,
  );
  console.log(
    `  ${'CPU of API, worker and children'.padEnd(38)} ${cpu.toFixed(2).padStart(7)} s = ${((cpu / audioSeconds) * 1000).toFixed(1)} ms per second of audio`,
  );
  console.log(
    `  ${'memory of all of them, peak'.padEnd(38)} ${String(Math.round(memoryBytesPeak / 1e6)).padStart(7)} MB`,
  );
}
