import { sql } from 'drizzle-orm';
import { appendEvent } from '@voice-transcriber/events';

const TICK_MILLISECONDS = 100;
const TICKS_PER_ROUND = 10;
const STEP = 0.002;

/** Lets every row progress once a second, a tenth of them at a time: what workers commit while they transcribe. Returns the function that ends it. */
export function keepRowsLive(db, ids) {
  let tick = 0;
  let stopped = false;
  let failure;
  const advance = async () => {
    const due = ids.filter((_, index) => index % TICKS_PER_ROUND === tick % TICKS_PER_ROUND);
    tick += 1;
    await db.orm.transaction(async (transaction) => {
      for (const id of due) {
        const [row] = await transaction.execute(sql`
          update transcriptions set committed_seconds = case when committed_seconds >= planned_seconds * 0.95 then 0
            else committed_seconds + planned_seconds * ${STEP} end
          where id = ${id} returning committed_seconds, planned_seconds`);
        const { committed_seconds: committedSeconds, planned_seconds: plannedSeconds } = row;
        const progress = {
          committedSeconds,
          plannedSeconds,
          chunksDone: 0,
          chunksTotal: 1,
          fraction: committedSeconds / plannedSeconds,
        };
        await appendEvent(transaction, { transcriptionId: id, type: 'progress-made', payload: { progress } });
      }
    });
  };
  const done = (async () => {
    while (!stopped) {
      const startedAt = performance.now();
      await advance();
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, TICK_MILLISECONDS - (performance.now() - startedAt))),
      );
    }
  })().catch((error) => (failure = error));
  return async () => {
    stopped = true;
    await done;
    if (failure) throw failure;
  };
}
