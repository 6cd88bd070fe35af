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
  env: { MODELS_DIR: modelsDirectory, INFERENCE_THREADS: threads, MAX_CONCURRENT_JOBS: '1', LOG_LEVEL: 'WARNING' },
});
let model = '';

try {
  const client = createClient({ url: stack.apiUrl, apiKey: stack.apiKey });
  await serveOrders('Voice Transcriber', {
    async load(order) {
      ({ model } = order);
      await transcribe(client, WARM_UP_FILE, 'en');
      return {};
    },
    transcribe: ({ file, language }) => transcribe(client, file, language),
  });
} finally {
  await stack.stop();
}

async function transcribe(client, file, language) {
  const finished = await client.transcribe(
    file,
    { model, language, wordTimes: true },
    { timeoutSeconds: TRANSCRIBE_SECONDS_MAX },
  );
  const { text, segments } = JSON.parse(await client.export(finished.id, 'json'));
  return {
    text,
    timedWords: segments.reduce((count, segment) => count + (segment.words?.length ?? 0), 0),
    backend: finished.backend,
  };
}
