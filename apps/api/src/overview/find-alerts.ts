import {
  listWorkers,
  readLatestSamples,
  readQueuePause,
  type OverviewFigures,
  type Orm,
  type WorkerRow,
} from '@voice-transcriber/db';
import { PAGE_SIZE_MAX } from '../graphql/page-size.js';

export interface Alert {
  readonly level: 'info' | 'warning' | 'error';
  readonly code:
    'worker-missing' | 'worker-lost' | 'queue-paused' | 'disk-low' | 'backend-unavailable' | 'failures-rising';
  /** Says what to do. */
  readonly message: string;
}

const LOST_LATELY_SECONDS = 3600;
const DISK_PERCENT_WARNING = 85;
const DISK_PERCENT_ERROR = 95;
/** Fewer failures in a quarter of an hour are chance. */
const FAILURES_MIN = 3;

/** What a person should look at now, worst first. */
export async function findAlerts(orm: Orm, figures: OverviewFigures): Promise<Alert[]> {
  const [workers, samples, pause] = await Promise.all([
    listWorkers(orm, { includeStopped: false, limit: PAGE_SIZE_MAX }),
    readLatestSamples(orm),
    readQueuePause(orm),
  ]);
  const alerts = [
    ...aboutWorkers(workers, figures.waiting),
    ...(pause.paused ? [aboutPause(pause.reason)] : []),
    ...samples.flatMap(({ host, sample }) => aboutDisk(host, sample)),
    ...aboutBackends(workers),
    ...aboutFailures(figures),
  ];
  const order = ['error', 'warning', 'info'];
  return alerts.sort((left, right) => order.indexOf(left.level) - order.indexOf(right.level));
}

function aboutWorkers(workers: readonly WorkerRow[], waiting: number): Alert[] {
  const alerts: Alert[] = [];
  if (!workers.some(({ state }) => state === 'running')) {
    const draining = workers.filter(({ state }) => state === 'draining').length;
    const cause =
      draining > 0
        ? `${draining} drain and take nothing new: resume one`
        : 'Start one with "vt up", or look into the log of the last';
    const jobs = waiting === 1 ? '1 transcription waits' : `${waiting} transcriptions wait`;
    alerts.push({ level: 'error', code: 'worker-missing', message: `No worker takes work; ${jobs}. ${cause}.` });
  }
  const oldest = Date.now() - LOST_LATELY_SECONDS * 1000;
  for (const { state, instanceId, lostReason, heartbeatAt } of workers) {
    if (state !== 'lost' || heartbeatAt.getTime() < oldest) continue;
    const message = `The worker ${instanceId} was lost within the last hour; its work was given to others. ${lostReason ?? ''}`;
    alerts.push({ level: 'warning', code: 'worker-lost', message: message.trim() });
  }
  return alerts;
}

function aboutPause(reason: string | null): Alert {
  const why = reason === null ? '' : ` (${reason})`;
  return {
    level: 'info',
    code: 'queue-paused',
    message: `The queue is paused${why}: nothing starts until it is resumed.`,
  };
}

function aboutDisk(
  host: string,
  { diskPercent, diskBytesFree }: { readonly diskPercent: number; readonly diskBytesFree: number },
): Alert[] {
  if (diskPercent < DISK_PERCENT_WARNING) return [];
  const free = `${(diskBytesFree / 2 ** 30).toFixed(1)} GiB free`;
  const message = `The disk of ${host} is ${diskPercent.toFixed(0)} % full (${free}). Delete old transcriptions, shorten their retention, or give it more room.`;
  return [{ level: diskPercent >= DISK_PERCENT_ERROR ? 'error' : 'warning', code: 'disk-low', message }];
}

/** Each backend of each machine once. */
function aboutBackends(workers: readonly WorkerRow[]): Alert[] {
  const alerts = new Map<string, Alert>();
  for (const { state, host, backends } of workers) {
    if (state !== 'running') continue;
    for (const { name, status, reason, fix } of backends) {
      if (status === 'available') continue;
      const message = `${name} cannot be used on ${host}. ${reason ?? ''} ${fix ?? ''}`.trim();
      // Others are there to do the work: whoever has none of them left is told so by the jobs.
      alerts.set(`${host} ${name}`, { level: 'info', code: 'backend-unavailable', message });
    }
  }
  return [...alerts.values()];
}

/** More failures in this quarter of an hour than twice those of the one before, and more than a fifth of what ended. */
function aboutFailures({ failedLately, failedBefore, finishedLately }: OverviewFigures): Alert[] {
  const isRising =
    failedLately >= FAILURES_MIN &&
    failedLately > 2 * failedBefore &&
    failedLately > (failedLately + finishedLately) / 5;
  if (!isRising) return [];
  const message = `${failedLately} transcriptions failed in the last 15 minutes, ${failedBefore} in the 15 before. Look at the failures by their error.`;
  return [{ level: 'error', code: 'failures-rising', message }];
}
