import { findTranscriptionSummaries, listRecentlyChangedIds, type Database } from '@voice-transcriber/db';
import { followAll, type EventBell } from '@voice-transcriber/events';
import type { ApiMetrics } from '@voice-transcriber/telemetry/metrics';
import { setTimeout as wait } from 'node:timers/promises';
import type { ConsoleEvent } from './console-mailbox.js';
import { paceChanges } from './pace-changes.js';

const JOB_INTERVAL_MILLISECONDS = 250;
/** Whatever is committed meanwhile is read together: bounds the statements, and how late a change comes. */
const GATHER_MILLISECONDS = 50;
const QUEUE_INTERVAL_MILLISECONDS = 250;
const CHANGED_MAX = 500;

/** Sends each changed job at most four times a second, as it is then, and the queue after it. */
export async function followJobs({
  db,
  bell,
  metrics,
  signal,
  broadcast,
  tellQueue,
  awaySeconds,
}: {
  readonly db: Database;
  readonly bell: EventBell;
  readonly metrics: Pick<ApiMetrics, 'eventDelivered'>;
  readonly signal: AbortSignal;
  readonly broadcast: (event: ConsoleEvent) => void;
  readonly tellQueue: () => Promise<void>;
  /** How far back changes may have been missed. */
  readonly awaySeconds: number | undefined;
}): Promise<void> {
  if (awaySeconds !== undefined) {
    const ids = await listRecentlyChangedIds(db.orm, { seconds: awaySeconds, limit: CHANGED_MAX });
    await sendJobs(db, ids, broadcast);
  }
  const ages = createEventAges();
  const changed = readChanges({ db, bell, signal, ages });
  let queueToldAt = 0;
  for await (const ids of paceChanges(changed, { intervalMilliseconds: JOB_INTERVAL_MILLISECONDS })) {
    await sendJobs(db, ids, broadcast);
    for (const ageSeconds of ages.take(ids)) metrics.eventDelivered('console', ageSeconds);
    // What changes in between is told by the look that is taken every second.
    if (Date.now() - queueToldAt < QUEUE_INTERVAL_MILLISECONDS) continue;
    queueToldAt = Date.now();
    await tellQueue();
  }
}

interface EventAges {
  readonly note: (id: string, ageSeconds: number) => void;
  /** How old the noted events of these jobs are by now; forgets them. */
  readonly take: (ids: readonly string[]) => number[];
}

/** Events wait for the turn of their job; their age goes on meanwhile. */
function createEventAges(): EventAges {
  const bornAt = new Map<string, number[]>();
  return {
    note(id, ageSeconds) {
      const born = performance.now() / 1000 - ageSeconds;
      const known = bornAt.get(id);
      if (known === undefined) bornAt.set(id, [born]);
      else known.push(born);
    },
    take(ids) {
      const now = performance.now() / 1000;
      return ids.flatMap((id) => {
        const ages = (bornAt.get(id) ?? []).map((born) => now - born);
        bornAt.delete(id);
        return ages;
      });
    },
  };
}

async function* readChanges({
  db,
  bell,
  signal,
  ages,
}: {
  readonly db: Database;
  readonly bell: EventBell;
  readonly signal: AbortSignal;
  readonly ages: EventAges;
}): AsyncGenerator<readonly string[], void, undefined> {
  for await (const rows of followAll({ db, bell }, { signal })) {
    for (const { transcriptionId, ageSeconds } of rows) ages.note(transcriptionId, ageSeconds);
    yield [...new Set(rows.map(({ transcriptionId }) => transcriptionId))];
    await wait(GATHER_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}

async function sendJobs(db: Database, ids: readonly string[], broadcast: (event: ConsoleEvent) => void): Promise<void> {
  const rows = new Map((await findTranscriptionSummaries(db.orm, { ids })).map((row) => [row.id, row]));
  for (const id of ids) {
    const transcription = rows.get(id);
    if (transcription === undefined) broadcast({ __typename: 'TranscriptionDeleted', transcriptionId: id });
    else broadcast({ __typename: 'TranscriptionChanged', transcription });
  }
}
