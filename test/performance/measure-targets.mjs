// Each target of the performance guide: what is asked, what was measured here, and how.
import { createApiCalls, speech, USUAL_QUERIES, wave } from './api-calls.mjs';
import { followRecording } from './follow-recording.mjs';
import { measureModel } from './model-sizes.mjs';

const SPEED_ASKED = 10;
const UPLOAD_BYTES = 100_000_000;
const UPLOAD_SECONDS_ASKED = 30;
const LATENCY_MS_ASKED = 200;
const QUERIES = 500;
/** A server that has just started compiles its code and opens its connections in the first ones. */
const QUERIES_BEFORE = 40;
const CLIENTS = 4;
const MEMORY_GIGABYTES_ASKED = 8;
const LARGE_WINDOWS = 2;
const LARGE_TOKENS = 60;
/** Two measurements of the same thing differ by this much on a quiet machine. */
const THROUGHPUT_SHARE_MIN = 0.95;

/** From the first byte of the upload to the finished text. */
export async function measureSpeed({ stack, db, model, recording }) {
  // The model is loaded by it, as it would be on a server that has worked before.
  await followRecording({ stack, db, model, content: await speech(0.1), filename: 'warm-up.mp3' });
  const { content, filename, seconds, what } = recording;
  const { startedAt, textAt, row } = await followRecording({ stack, db, model, content, filename });
  const wallSeconds = (textAt - startedAt) / 1000;
  return {
    metric: 'transcription speed',
    asked: `0.1x real time: ${seconds / 60} min in ${(seconds / SPEED_ASKED).toFixed(0)} s`,
    measured: `${(wallSeconds / seconds).toFixed(3)}x: ${wallSeconds.toFixed(1)} s`,
    met: wallSeconds <= seconds / SPEED_ASKED,
    how: `upload to text, ${row.model} on ${row.backend}, ${row.word_count} words with times; ${what}`,
    figures: { wallSeconds, audioSeconds: seconds, speechSeconds: row.speech_seconds },
  };
}

/** All finish with the same text, and together they are no slower than one after another. */
export async function measureJobs({ stack, db, model, recording, jobs }) {
  const { content, filename, seconds } = recording;
  const follow = () => followRecording({ stack, db, model, content, filename });
  await follow();
  const alone = await follow();
  const startedAt = Date.now();
  const together = await Promise.all(Array.from({ length: jobs }, follow));
  const wallSeconds = (Math.max(...together.map(({ textAt }) => textAt)) - startedAt) / 1000;
  const aloneSeconds = (alone.textAt - alone.startedAt) / 1000;
  const ratio = (jobs * aloneSeconds) / wallSeconds;
  const equal = together.filter(({ row }) => row.text === alone.row.text).length;
  return {
    metric: 'concurrent jobs',
    asked: '3 to 5, all finished',
    measured: `${jobs} finished, ${equal} with the text of one alone; throughput ${ratio.toFixed(2)} times that of one`,
    met: together.length === jobs && equal === jobs && ratio >= THROUGHPUT_SHARE_MIN,
    how: `one worker, ${jobs} uploads of ${seconds} s at once in ${wallSeconds.toFixed(1)} s; one alone takes ${aloneSeconds.toFixed(1)} s`,
    figures: {
      jobs,
      wallSeconds,
      aloneSeconds,
      ratio,
      equal,
      memoryBytesPeak: Math.max(...together.map((one) => one.memoryBytesPeak)),
    },
  };
}

/** The slowest of the usual queries, while jobs keep the cores busy. Leaves those jobs running. */
export async function measureLatency({ stack, jobs }) {
  const { upload, untilRunning, countRunning, measureQuery } = createApiCalls(stack);
  const recording = await speech(20);
  const ids = [];
  for (let index = 0; index < jobs; index += 1) ids.push(await upload(recording.length, [recording]));
  await untilRunning(jobs);
  const times = {};
  for (const [name, document] of Object.entries(USUAL_QUERIES)) {
    await measureQuery(document, { id: ids[0] }, { count: QUERIES_BEFORE, clients: CLIENTS });
    times[name] = await measureQuery(document, { id: ids[0] }, { count: QUERIES, clients: CLIENTS });
  }
  const running = await countRunning();
  const [slowest, { p99 }] = Object.entries(times).sort(([, one], [, other]) => other.p99 - one.p99)[0];
  return {
    metric: 'API response time',
    asked: `< ${LATENCY_MS_ASKED} ms`,
    measured: `${p99.toFixed(0)} ms p99 of the slowest (${slowest}), ${Math.max(...Object.values(times).map(({ p50 }) => p50)).toFixed(0)} ms median`,
    met: p99 < LATENCY_MS_ASKED && running > 0,
    how: `${Object.keys(times).join(', ')}: ${QUERIES} each from ${CLIENTS} clients after ${QUERIES_BEFORE} that do not count, ${running} jobs running`,
    figures: { times, running },
  };
}

/** While whatever was begun before goes on. */
export async function measureUpload({ stack }) {
  const { upload, countRunning } = createApiCalls(stack);
  const running = await countRunning();
  const startedAt = performance.now();
  await upload(UPLOAD_BYTES, wave(UPLOAD_BYTES));
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    metric: 'file upload, 100 MB',
    asked: `< ${UPLOAD_SECONDS_ASKED} s`,
    measured: `${seconds.toFixed(2)} s`,
    met: seconds < UPLOAD_SECONDS_ASKED,
    how: `multipart over loopback until it is accepted (hashed, sniffed, probed, stored), ${running} jobs running`,
    figures: { seconds, running },
  };
}

export async function measureLargeModel({ name, format, directory }) {
  const facts = await measureModel(name, format, {
    directory,
    windows: LARGE_WINDOWS,
    tokens: LARGE_TOKENS,
    threads: 2,
  });
  const peak = Math.max(facts.bytesPeak, facts.bytesPeakLoading) / 1e9;
  return {
    metric: 'memory, large model',
    asked: `< ${MEMORY_GIGABYTES_ASKED} GB`,
    measured: `${peak.toFixed(2)} GB peak, ${(facts.bytesLoaded / 1e9).toFixed(2)} GB loaded`,
    met: peak < MEMORY_GIGABYTES_ASKED,
    how: `${name}, ${format}, ${(facts.fileBytes / 1e9).toFixed(2)} GB: random weights of the right shape, not the real ones; ${LARGE_WINDOWS} windows of 30 s, ${facts.secondsPerWindow.toFixed(1)} s each`,
    figures: facts,
  };
}
