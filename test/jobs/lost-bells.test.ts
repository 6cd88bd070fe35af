import { openDatabase, type Database } from '@voice-transcriber/db';
import { createReconciler } from '@voice-transcriber/jobs/handlers';
import { createFileStorage } from '@voice-transcriber/storage';
import { createLogger } from '@voice-transcriber/telemetry';
import { createMetricsRegistry, createWorkerMetrics } from '@voice-transcriber/telemetry/metrics';
import { startStack, type Stack } from '@voice-transcriber/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** More than a pass looks at, twice. */
const WAITING = 4500;
/** In the order of the queue: at its ends, and on both sides of what one pass looks at. */
const SILENT = [1, 2000, 2001, 4500];
const PASSES = 3;

let stack: Stack;
let db: Database;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  db = openDatabase(stack.databaseUrl, { connectionsMax: 2 });
  await db.sql`
    with recordings as (
      insert into media (storage_key, sha256, size_bytes, filename, container)
      select 'uploads/' || n, n::text, 1, n || '.mp3', 'mp3' from generate_series(1, ${WAITING}) n returning id, filename
    )
    insert into transcriptions (media_id, state, options, created_at, updated_at)
    select id, 'queued', '{"task": "transcribe", "wordTimes": true}', now() - interval '1 day' + split_part(filename, '.', 1)::int * interval '1 second', now()
    from recordings`;
  await db.sql`
    select graphile_worker.add_job('prepare-transcription', json_build_object('v', 1, 'transcriptionId', id), job_key => 'prepare:' || id)
    from (select id, row_number() over (order by created_at) as place from transcriptions) waiting
    where not place = any(${SILENT})`;
});
afterAll(async () => {
  await db.close();
  await stack.stop();
});

async function countBells(): Promise<number> {
  const [row] =
    await db.sql`select count(distinct key)::int as count from graphile_worker.jobs where key like 'prepare:%'`;
  return Number(row?.['count']);
}

test('in a queue of thousands every lost bell rings again within a few passes, wherever it waits', async () => {
  expect(await countBells()).toBe(WAITING - SILENT.length);
  const metrics = createWorkerMetrics(createMetricsRegistry({ version: 'test', instanceId: 'test' }).register);
  const storage = createFileStorage({ directory: `${stack.dataDirectory}/storage` });
  const reconciler = createReconciler({
    db,
    storage,
    logger: createLogger({ level: 'silent', name: 'reconciler', instanceId: 'test' }),
    metrics,
  });
  for (let pass = 0; pass < PASSES; pass += 1) await reconciler.runOnce();
  expect(await countBells()).toBe(WAITING);

  // From the end it goes back to the start.
  await db.sql`delete from graphile_worker._private_jobs where key = (select 'prepare:' || id from transcriptions order by created_at limit 1)`;
  for (let pass = 0; pass < PASSES; pass += 1) await reconciler.runOnce();
  expect(await countBells()).toBe(WAITING);
});
