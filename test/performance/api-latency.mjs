// Measures the API beside its targets: node test/performance/api-latency.mjs
// Query latency while three jobs run, a 100 MB upload, and memory with four uploads of 500 MB at once. Ends with 1 when a target is missed.
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startStack } from '@voice-transcriber/testkit';
import { createLoopWatch, startProber } from './observe-api.mjs';

const QUERIES_PER_DOCUMENT = 200;
const CLIENTS = 4;
const LATENCY_MS_P99_TARGET = 200;
const UPLOAD_SECONDS_TARGET = 2;
const MEMORY_MEBIBYTES_TARGET = 100;
const UPLOADING_LATENCY_MS_P99_TARGET = 50;
const MEBIBYTE = 2 ** 20;

const DOCUMENTS = {
  viewer: '{ viewer { name scope } limits { maxFileBytes } }',
  list: '{ transcriptions(first: 50) { totalCount nodes { id state progress { fraction etaSeconds } media { filename } } } }',
  job: `query ($id: ID!) { transcription(id: $id) { state progress { fraction } segments(first: 100) { nodes { text words { text } } }
    attempts { nodes { outcome } } chunks { nodes { state } } } }`,
  system:
    '{ queue { waiting running } workers { slotsBusy loadedModels { model } } systemMetrics { cpuPercent } backends { name } }',
  models: '{ models { name installed } }',
};

const CREATE = `mutation ($input: CreateTranscriptionInput!) { createTranscription(input: $input) {
  __typename ... on Error { code message } ... on CreateTranscriptionPayload { transcription { id } } } }`;

const loop = await createLoopWatch();
const stack = await startStack({ workers: 1, database: 'own', env: { ...loop.env, MAX_CONCURRENT_JOBS: '3' } });
let missed = 0;
try {
  const recording = await speech(20);
  const ids = [];
  for (let index = 0; index < 3; index += 1) ids.push(await upload(recording.length, [recording]));
  await untilRunning(3);

  console.log(`\nquery latency while ${await countRunning()} jobs run, ${CLIENTS} clients`);
  for (const [name, document] of Object.entries(DOCUMENTS)) {
    const times = await measure(document, { id: ids[0] }, QUERIES_PER_DOCUMENT);
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
  const stopProber = startProber(stack, DOCUMENTS.viewer);
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

async function measure(document, variables, count) {
  const times = [];
  const client = async () => {
    while (times.length < count) times.push(await timeOf(document, variables));
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return quantiles(times);
}

function quantiles(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

async function timeOf(document, variables) {
  const startedAt = performance.now();
  await query(document, variables);
  return performance.now() - startedAt;
}

async function query(document, variables = {}) {
  const used = document.includes('$') ? variables : {};
  const response = await fetch(`${stack.apiUrl}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: document, variables: used }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function countRunning() {
  return (await query('{ queue { running } }')).queue.running;
}

async function untilRunning(count) {
  const deadline = Date.now() + 60_000;
  while ((await countRunning()) < count) {
    if (Date.now() > deadline) throw new Error(`Of ${count} jobs only ${await countRunning()} run.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The uploads that follow are about the API: what they enqueue must not run beside them. */
async function pauseQueue() {
  await query('mutation { pauseQueue(input: { reason: "measuring" }) { queue { paused } } }');
}

/** Sends a file of known length as a multipart request and returns the transcription's id. */
async function upload(fileBytes, pieces) {
  const boundary = 'benchmark-boundary';
  const part = (name, value) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head = Buffer.from(
    part('operations', JSON.stringify({ query: CREATE, variables: { input: { file: null } } })) +
      part('map', JSON.stringify({ 0: ['variables.input.file'] })) +
      `--${boundary}\r\ncontent-disposition: form-data; name="0"; filename="file.wav"\r\n\r\n`.replace(
        '\r\n\r\n',
        '\r\ncontent-type: audio/wav\r\n\r\n',
      ),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const request = httpRequest(`${stack.apiUrl}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stack.apiKey}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': head.length + fileBytes + tail.length,
    },
  });
  const answered = new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
    });
  });
  request.write(head);
  for (const piece of pieces) {
    if (!request.write(piece)) await new Promise((resolve) => request.once('drain', resolve));
  }
  request.end(tail);
  const { data, errors } = await answered;
  if (data?.createTranscription?.__typename !== 'CreateTranscriptionPayload') {
    throw new Error(JSON.stringify(errors ?? data));
  }
  return data.createTranscription.transcription.id;
}

/** A WAV file of silence in pieces; the marker makes each another file. */
function* wave(fileBytes, marker = 0) {
  yield waveHeader(fileBytes, marker);
  const piece = Buffer.alloc(MEBIBYTE);
  let left = fileBytes - 48;
  for (; left > piece.length; left -= piece.length) yield piece;
  yield piece.subarray(0, left);
}

function waveHeader(fileBytes, marker) {
  const header = Buffer.alloc(48);
  header.write('RIFF', 0);
  header.writeUInt32LE(fileBytes - 8, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(fileBytes - 44, 40);
  header.writeInt32LE(marker, 44);
  return header;
}

/** The bundled recording as it is, repeated: frames of MP3 follow each other. */
async function speech(minutes) {
  const path = fileURLToPath(new URL('../fixtures/audio/lj-001-0002.mp3', import.meta.url));
  const clip = await readFile(path);
  return Buffer.concat(Array.from({ length: minutes * 30 }, () => clip));
}

async function residentBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
