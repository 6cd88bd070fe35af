// How the same recordings go through 1, 2, 4 and 8 workers, with a model that sleeps as long as a real one would compute.
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { createClient } from '@voice-transcriber/client';
import { startStack, waveHeader } from '@voice-transcriber/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const COUNTS = [1, 2, 4, 8];
/** Audio seconds per wall second of one worker: what `base` does on a processor of four current cores. */
export const SPEED = 50;
export const FILES = 16;
export const FILE_SECONDS = 150;
const END_MILLISECONDS_MAX = 180_000;

export async function measureWorkers(logger) {
  const results = [];
  for (const workers of COUNTS) {
    const seconds = await timeWorkers(workers);
    const alone = results[0]?.seconds ?? seconds;
    const result = { workers, seconds, audioPerSecond: (FILES * FILE_SECONDS) / seconds, speedUp: alone / seconds };
    results.push(result);
    logger(
      `  ${workers} workers: ${seconds.toFixed(1)} s, ${result.audioPerSecond.toFixed(0)} audio seconds a second, ${result.speedUp.toFixed(2)} times one worker`,
    );
  }
  return results;
}

async function timeWorkers(workers) {
  const directory = await mkdtemp(join(tmpdir(), 'vt-scale-'));
  await installFakeModels(directory);
  const stack = await startStack({
    workers,
    database: 'own',
    env: {
      VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
      MODELS_DIR: directory,
      DEFAULT_MODEL: 'fake',
      AUDIO_OPTIMIZATION: 'False',
      MAX_CONCURRENT_JOBS: '1',
      LOG_LEVEL: 'WARNING',
    },
  });
  try {
    const client = createClient({ url: stack.apiUrl, apiKey: stack.apiKey });
    await control(stack, 'mutation { pauseQueue(input: { reason: "measuring" }) { queue { paused } } }');
    for (let index = 0; index < FILES; index += 1) {
      await client.createTranscription(
        new Blob([waveFile(FILE_SECONDS)]),
        { prompt: `fake:slow@speed=${SPEED}` },
        { filename: `${index}.wav` },
      );
    }
    const startedAt = performance.now();
    await control(stack, 'mutation { resumeQueue { queue { paused } } }');
    while ((await countFinished(stack)) < FILES) {
      if (performance.now() - startedAt > END_MILLISECONDS_MAX) throw new Error('The recordings did not end in time.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return (performance.now() - startedAt) / 1000;
  } finally {
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function control({ apiUrl, apiKey }, document) {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: document }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const countFinished = async (stack) =>
  (await control(stack, '{ transcriptions(states: [COMPLETED], first: 1) { totalCount } }')).transcriptions.totalCount;

/** A low tone, mono, 8 kHz: decoding it costs next to nothing. */
function waveFile(seconds) {
  const samples = seconds * 8000;
  const data = Buffer.alloc(samples * 2);
  for (let index = 0; index < samples; index += 1) data.writeInt16LE(Math.round(8000 * Math.sin(index / 8)), index * 2);
  return Buffer.concat([waveHeader({ dataBytes: data.length, sampleRateHz: 8000 }), data]);
}
