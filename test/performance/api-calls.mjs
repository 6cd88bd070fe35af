// What measurements of a running stack have in common: queries, uploads of any length, and waiting for their jobs.
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { fileURLToPath } from 'node:url';
import { waveHeader } from '@voice-transcriber/testkit';

const MEBIBYTE = 2 ** 20;
const CREATE = `mutation ($input: CreateTranscriptionInput!) { createTranscription(input: $input) {
  __typename ... on Error { code message } ... on CreateTranscriptionPayload { transcription { id } } } }`;

/** Queries that pages and clients send all the time. */
export const USUAL_QUERIES = {
  viewer: '{ viewer { name scope } limits { maxFileBytes } }',
  list: '{ transcriptions(first: 50) { totalCount nodes { id state progress { fraction etaSeconds } media { filename } } } }',
  job: `query ($id: ID!) { transcription(id: $id) { state progress { fraction } segments(first: 100) { nodes { text words { text } } }
    attempts { nodes { outcome } } chunks { nodes { state } } } }`,
  system:
    '{ queue { waiting running } workers { slotsBusy loadedModels { model } } systemMetrics { cpuPercent } backends { name } }',
  models: '{ models { name installed } }',
};

export function createApiCalls({ apiUrl, apiKey }) {
  async function query(document, variables = {}) {
    const used = document.includes('$') ? variables : {};
    const response = await fetch(`${apiUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: document, variables: used }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  async function timeOf(document, variables) {
    const startedAt = performance.now();
    await query(document, variables);
    return performance.now() - startedAt;
  }

  /** Milliseconds of so many of one query, from some clients at once. */
  async function measureQuery(document, variables, { count, clients }) {
    const times = [];
    const client = async () => {
      while (times.length < count) times.push(await timeOf(document, variables));
    };
    await Promise.all(Array.from({ length: clients }, client));
    return quantiles(times);
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

  /** What is uploaded afterwards is about the API: what it enqueues must not run beside it. */
  async function pauseQueue() {
    await query('mutation { pauseQueue(input: { reason: "measuring" }) { queue { paused } } }');
  }

  /** Sends a file of known length as a multipart request and returns the transcription's id. */
  async function upload(fileBytes, pieces, { filename = 'file.wav', input = {} } = {}) {
    const boundary = 'benchmark-boundary';
    const part = (name, value) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const head = Buffer.from(
      part('operations', JSON.stringify({ query: CREATE, variables: { input: { ...input, file: null } } })) +
        part('map', JSON.stringify({ 0: ['variables.input.file'] })) +
        `--${boundary}\r\ncontent-disposition: form-data; name="0"; filename="${filename}"\r\ncontent-type: audio/wav\r\n\r\n`,
    );
    const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
    const request = httpRequest(`${apiUrl}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
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

  return { query, timeOf, measureQuery, countRunning, untilRunning, pauseQueue, upload };
}

export function quantiles(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

/** A WAV file of silence in pieces; the marker makes each another file. */
export function* wave(fileBytes, marker = 0) {
  yield headerWithMarker(fileBytes, marker);
  const piece = Buffer.alloc(MEBIBYTE);
  let left = fileBytes - 48;
  for (; left > piece.length; left -= piece.length) yield piece;
  yield piece.subarray(0, left);
}

function headerWithMarker(fileBytes, marker) {
  const firstSamples = Buffer.alloc(4);
  firstSamples.writeInt32LE(marker, 0);
  return Buffer.concat([waveHeader({ dataBytes: fileBytes - 44, sampleRateHz: 16_000 }), firstSamples]);
}

/** The bundled recording as it is, repeated: frames of MP3 follow each other. */
export async function speech(minutes) {
  const path = fileURLToPath(new URL('../fixtures/audio/lj-001-0002.mp3', import.meta.url));
  const clip = await readFile(path);
  return Buffer.concat(Array.from({ length: minutes * 30 }, () => clip));
}
