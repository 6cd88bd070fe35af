import {
  listFailureGroups,
  listStuckWork,
  listWorkers,
  readQueueSummary,
  type FailureGroup,
  type Orm,
  type QueueSummary,
  type StuckWork,
  type WorkerRow,
} from '@voice-transcriber/db';
import { type Finding, ok, problem, warning } from './finding.js';
import { countText, spanText } from './quantities.js';

/** Preparing ten hours of audio takes less, and a window has a deadline of minutes. */
const STUCK_SECONDS = 900;
const STUCK_LISTED_MAX = 5;
const WORKERS_MAX = 100;
const DAY_MINUTES = 1440;
const FAILURE_GROUPS_MAX = 5;
/** A job that waits longer than this has not met a short burst. */
const WAIT_SECONDS_MAX = 900;

export interface QueueState {
  readonly workers: readonly WorkerRow[];
  readonly queue: QueueSummary;
  readonly stuck: readonly StuckWork[];
  readonly failures: readonly FailureGroup[];
}

/** Reads what workers and queue say of themselves in the database. */
export async function readQueueState(orm: Orm): Promise<QueueState> {
  return {
    workers: await listWorkers(orm, { includeStopped: false, limit: WORKERS_MAX }),
    queue: await readQueueSummary(orm),
    stuck: await listStuckWork(orm, { quietSecondsMin: STUCK_SECONDS, limit: STUCK_LISTED_MAX }),
    failures: await listFailureGroups(orm, { minutes: DAY_MINUTES, limit: FAILURE_GROUPS_MAX }),
  };
}

/** Whether work goes on: what waits, what hangs, what failed. */
export function checkQueue({ workers, queue, stuck, failures }: QueueState): Finding[] {
  const running = workers.filter(({ state }) => state === 'running');
  const slotsFree = running.reduce((sum, { slots, slotsBusy }) => sum + slots - slotsBusy, 0);
  return [
    aboutWaiting(queue, { slotsFree, hasWorkers: running.length > 0 }),
    aboutStuck(queue, stuck, slotsFree),
    ...aboutFailures(failures),
  ];
}

function aboutWaiting(
  queue: QueueSummary,
  { slotsFree, hasWorkers }: { readonly slotsFree: number; readonly hasWorkers: boolean },
): Finding {
  const { paused, reason, waiting, running, oldestWaitingSeconds } = queue;
  const oldest = oldestWaitingSeconds === null ? '' : `, the oldest for ${spanText(oldestWaitingSeconds)}`;
  const measured = `${waiting} waiting${oldest}, ${running} running, ${queue.finishedLastHour} finished in the last hour`;
  if (paused) {
    const why = reason === null ? '' : ` (${reason})`;
    return warning('queue', `paused${why}; ${measured}`, 'Resume it in the console, or with the resumeQueue mutation.');
  }
  if (!hasWorkers || (oldestWaitingSeconds ?? 0) <= WAIT_SECONDS_MAX) return ok('queue', measured);
  if (slotsFree > 0) {
    return problem(
      'queue',
      `${measured}, although ${countText(slotsFree, 'slot is', 'slots are')} free`,
      'Look into the log of the workers, and restart them: work that waits beside free slots should have been taken.',
    );
  }
  const fix = 'More comes in than goes out: start another worker on another machine, or use a smaller model.';
  return warning('queue', measured, fix);
}

/** What nobody holds while all slots are busy only waits for its turn. */
function aboutStuck({ paused }: QueueSummary, stuck: readonly StuckWork[], slotsFree: number): Finding {
  const hanging = paused ? [] : stuck.filter(({ host }) => host !== null || slotsFree > 0);
  if (hanging.length === 0) return ok('stuck', `nothing was quiet for ${spanText(STUCK_SECONDS)} while it ran`);
  const named = hanging.map(({ transcriptionId, step, quietSeconds, host }) => {
    const where = host === null ? 'held by nobody' : `on ${host}`;
    return `${transcriptionId} (${step}, quiet for ${spanText(quietSeconds)}, ${where})`;
  });
  return problem(
    'stuck',
    named.join('; '),
    'Cancel and retry it. If it hangs again, try another model or backend; INFERENCE_WINDOW_SECONDS_MAX ends a hanging window sooner.',
  );
}

/** What a person can do about the most frequent errors; the rest is told by their own messages. */
const FAILURE_FIXES: Readonly<Record<string, string>> = {
  'file-not-audio': 'These files hold no audio: convert them to WAV, FLAC, MP3 or M4A before they are uploaded.',
  'decode-failed': 'These files are damaged or in a rare format: convert them to WAV, FLAC, MP3 or M4A.',
  'tools-missing': 'Install ffmpeg, or set FFMPEG_PATH and FFPROBE_PATH.',
  'out-of-memory': 'Use a smaller model, lower WHISPER_MODEL_CACHE_SIZE, or give the machine more memory.',
  'process-crashed': 'The engine crashed: look at the finding on engines, and try another backend.',
  'process-hung': 'The engine hung: use fewer threads or another backend.',
  'model-missing': 'Pull or import the model (vt models).',
};

function aboutFailures(failures: readonly FailureGroup[]): Finding[] {
  if (failures.length === 0) return [ok('failures', 'none in the last day')];
  return failures.map(({ code, message, count, exampleId }) =>
    warning(
      'failures',
      `${countText(count, 'transcription')} failed in the last day with ${code}; the newest: "${message}" (${exampleId})`,
      FAILURE_FIXES[code] ?? 'Its message says what to do; retry it afterwards.',
      { subject: code },
    ),
  );
}
