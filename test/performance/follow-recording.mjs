// One recording's whole way through a running stack: upload, stages, speed, CPU seconds and memory of API, worker and their children.
import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { processTreeUsage } from '@voice-transcriber/telemetry';
import { createApiCalls } from './api-calls.mjs';

const CLOCK_TICKS_PER_SECOND = 100;
const FINISHED_MILLISECONDS_MAX = 600_000;

/** Uploads a recording to a stack of testkit and follows it to its text. `db` is the stack's database. */
export async function followRecording({ stack, db, content, filename, model }) {
  const roots = [stack.api.pid, ...stack.workers.map(({ pid }) => pid)];
  const cpuBefore = await cpuSeconds(roots);
  let memoryBytesPeak = 0;
  const sampling = setInterval(async () => {
    const bytes = await Promise.all(roots.map(async (pid) => (await processTreeUsage(pid)).memoryBytes));
    memoryBytesPeak = Math.max(
      memoryBytesPeak,
      bytes.reduce((sum, one) => sum + one, 0),
    );
  }, 200);
  try {
    const startedAt = Date.now();
    const rowId = await uploadRecording({ stack, content, filename, model });
    const row = await finished(db, rowId);
    const textAt = Date.now();
    const cpu = (await cpuSeconds(roots)) - cpuBefore;
    return { startedAt, textAt, row, memoryBytesPeak, cpuSeconds: cpu, marks: await marks(db, rowId) };
  } finally {
    clearInterval(sampling);
  }
}

/** Returns the id of the row. */
async function uploadRecording({ stack, content, filename, model }) {
  const { upload } = createApiCalls(stack);
  const id = await upload(content.length, [content], { filename, input: model === undefined ? {} : { model } });
  return Buffer.from(id, 'base64url').toString().split(':')[1];
}

async function finished(db, id) {
  const deadline = Date.now() + FINISHED_MILLISECONDS_MAX;
  for (;;) {
    const [row] = await db.orm.execute(
      sql`select state::text, text, audio_seconds, speech_seconds, word_count, backend, model, device_actual, inference_seconds, error from transcriptions where id = ${id}`,
    );
    if (row.state === 'completed') return row;
    if (['failed', 'partial', 'cancelled'].includes(row.state) || Date.now() > deadline)
      throw new Error(JSON.stringify(row));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Moments in milliseconds. Both clocks are this machine's. */
async function marks(db, id) {
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
async function cpuSeconds(roots) {
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
