// The whole product as a driver (see driver-process.mjs): node drive-product.mjs MODELS_DIRECTORY THREADS
// From the first byte of the upload to the fetched transcript with word times, on a running API, worker and PostgreSQL.
import { createClient } from '@voice-transcriber/client';
import { startStack } from '@voice-transcriber/testkit';
import { fileURLToPath } from 'node:url';
import { serveOrders } from './serve-orders.mjs';

const TRANSCRIBE_SECONDS_MAX = 1_800;
const WARM_UP_FILE = fileURLToPath(new URL('../fixtures/audio/jfk.flac', import.meta.url));
const [modelsDirectory = '', threads = ''] = process.argv.slice(2);
const stack = await startStack({
  workers: 1,
  database: 'own',
  env: { MODELS_DIR: modelsDirectory, INFERENCE_THREADS: threads, LOG_LEVEL: 'WARNING' },
});
let model = '';

try {
  const client = createClient({ url: stack.apiUrl, apiKey: stack.apiKey });
  await serveOrders('Voice Transcriber', {
    async load(order, signal) {
      ({ model } = order);
      await transcribe(client, { file: WARM_UP_FILE, language: 'en' }, signal);
      return {};
    },
    transcribe: (order, signal) => transcribe(client, order, signal),
  });
} finally {
  await stack.stop();
}

async function transcribe(client, { file, language }, signal) {
  const finished = await client.transcribe(
    file,
    { model, language, wordTimes: true },
    { timeoutSeconds: TRANSCRIBE_SECONDS_MAX, signal },
  );
  const { text, segments } = JSON.parse(await client.export(finished.id, 'json'));
  return {
    text,
    timedWords: segments.reduce((count, segment) => count + (segment.words?.length ?? 0), 0),
    backend: finished.backend,
  };
}
