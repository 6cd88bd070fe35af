// Measures the API beside its targets: node test/performance/api-latency.mjs
// Query latency while three jobs run, a 100 MB upload, and memory with four uploads of 500 MB at once. Ends with 1 when a target is missed.
import { readFile } from 'node:fs/promises';
import { startStack } from '@voice-transcriber/testkit';
import { createApiCalls, speech, USUAL_QUERIES, wave } from './api-calls.mjs';
import { createLoopWatch, startProber } from './observe-api.mjs';

const QUERIES_PER_DOCUMENT = 200;
const CLIENTS = 4;
const LATENCY_MS_P99_TARGET = 200;
const UPLOAD_SECONDS_TARGET = 2;
const MEMORY_MEBIBYTES_TARGET = 100;
const UPLOADING_LATENCY_MS_P99_TARGET = 50;
const MEBIBYTE = 2 ** 20;

const loop = await createLoopWatch();
const stack = await startStack({ workers: 1, database: 'own', env: { ...loop.env, MAX_CONCURRENT_JOBS: '3' } });
const { measureQuery, countRunning, untilRunning, pauseQueue, upload } = createApiCalls(stack);
let missed = 0;
try {
  const recording = await speech(20);
  const ids = [];
  for (let index = 0; index < 3; index += 1) ids.push(await upload(recording.length, [recording]));
  await untilRunning(3);

  console.log(`\nquery latency while ${await countRunning()} jobs run, ${CLIENTS} clients`);
  for (const [name, document] of Object.entries(USUAL_QUERIES)) {
    const times = await measureQuery(document, { id: ids[0] }, { count: QUERIES_PER_DOCUMENT, clients: CLIENTS });
    report(`  ${name}`, times.p99, LATENCY_MS_P99_TARGET, 'ms p99', `p50 ${times.p50.toFixed(1)}`);
  }
  console.log(`  (${await countRunning()} jobs still running)`);

  console.log('\nuploads on loopback');
  const startedAt = performance.now();
  await upload(100_000_000, wave(100_000_000));
  report('  100 MB while the jobs run', (performance.now() - startedAt) / 1000, UPLOAD_SECONDS_TARGET, 's');

  await pauseQueue();
  const before = await residentBytes(stack.api.pid);
  let peak = before;
  const sampling = setInterval(() => {
    void residentBytes(stack.api.pid).then((bytes) => (peak = Math.max(peak, bytes)));
  }, 50);
  const uploadsStartedAt = performance.now();
  await loop.readDelay(stack.api.pid);
  const stopProber = startProber(stack, USUAL_QUERIES.viewer);
  await Promise.all([1, 2, 3, 4].map((marker) => upload(500_000_000, wave(500_000_000, marker))));
  const seconds = (performance.now() - uploadsStartedAt) / 1000;
  const { count, p50, p99, max } = await stopProber();
  const delay = await loop.readDelay(stack.api.pid);
  clearInterval(sampling);
  console.log(`  four of 500 MB at once took ${seconds.toFixed(1)} s`);
  report('  API memory with four of 500 MB', (peak - before) / MEBIBYTE, MEMORY_MEBIBYTES_TARGET, 'MiB more');
  const more = `p50 ${p50.toFixed(1)}, max ${max.toFixed(1)} of ${count}; event loop held up ${delay.p99.toFixed(1)} ms p99, ${delay.max.toFixed(1)} ms max`;
  report('  query latency meanwhile', p99, UPLOADING_LATENCY_MS_P99_TARGET, 'ms p99', more);
} finally {
  await stack.stop();
  await loop.dispose();
}
process.exitCode = missed > 0 ? 1 : 0;

function report(what, figure, target, unit, more = '') {
  const met = figure <= target;
  if (!met) missed += 1;
  console.log(
    `${what.padEnd(34)} ${figure.toFixed(1).padStart(8)} ${unit} (target ${target}) ${met ? 'met' : 'MISSED'} ${more}`,
  );
}

async function residentBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
