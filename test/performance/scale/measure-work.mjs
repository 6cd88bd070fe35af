// The part of the study that is no request to the API: what the workers' own loops take when the tables are full.
import { createCleaner, createReconciler } from '@voice-transcriber/jobs/handlers';
import { createFileStorage } from '@voice-transcriber/storage';
import { createMetricsRegistry, createWorkerMetrics } from '@voice-transcriber/telemetry/metrics';
import { createTranscription } from '@voice-transcriber/jobs';
import { run, Logger } from 'graphile-worker';
import { writeRetention } from '@voice-transcriber/db';

/** What workers ask of full tables: the reconciler, the queue, the clean-up; and what accepting one more costs. */
export async function measureWork({ db, stack, measure, note, limits }) {
  const storage = createFileStorage({ directory: `${stack.dataDirectory}/storage` });
  const quiet = Object.fromEntries(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, () => undefined]),
  );
  const metrics = createWorkerMetrics(createMetricsRegistry({ version: 'study', instanceId: 'study' }).register);
  const reconciler = createReconciler({ db, storage, logger: quiet, metrics });
  await measure('a pass of the reconciler', limits.reconciler, () => reconciler.runOnce());
  await measure(
    'accept a transcription',
    limits.enqueue,
    (round) =>
      createTranscription(db, {
        media: {
          storageKey: `uploads/new/${round}`,
          sha256: `${round}`.padStart(64, '0'),
          sizeBytes: 1,
          filename: `new-${round}.mp3`,
          container: 'mp3',
        },
        apiKeyId: undefined,
        options: { task: 'transcribe', wordTimes: true },
        priority: 'normal',
      }),
    100,
  );
  note('take the next job from the queue, and give it back done', limits.claim, await timeQueue(stack.databaseUrl));
  await writeRetention(db.orm, { keepMediaDays: null, keepTranscriptsDays: 360 });
  const cleaner = createCleaner({ db, storage, logger: quiet, intervalSeconds: 0, eventsKeptDays: 30 });
  await measure('clean-up: 500 old transcriptions, up to 50,000 events', limits.cleanUp, () => cleaner.runOnce(), 2);
}

/** Times between the starts of jobs that do nothing: the queue's own part of each. */
async function timeQueue(connectionString) {
  const starts = [];
  let done;
  const enough = new Promise((resolve) => (done = resolve));
  const runner = await run({
    connectionString,
    maxPoolSize: 3,
    concurrency: 1,
    noHandleSignals: true,
    parsedCronItems: [],
    logger: new Logger(() => () => undefined),
    taskList: { 'prepare-transcription': async () => void (starts.push(performance.now()) > 200 && done()) },
  });
  await enough;
  await runner.stop();
  return starts.slice(1, 200).map((at, index) => at - starts[index]);
}
