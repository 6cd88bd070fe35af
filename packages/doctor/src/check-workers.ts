import type { WorkerRow } from '@voice-transcriber/db';
import { type Finding, ok, problem, warning } from './finding.js';
import { BASE_MEMORY_BYTES } from './model-memory.js';
import { bytesText, countText, spanText } from './quantities.js';

/** Heartbeats come every two seconds; a row of a lost worker is news for a day. */
const SILENT_SECONDS_MAX = 10;
const LOST_SECONDS = 86_400;
/** Percent of one core that an idle worker may take. */
const IDLE_CPU_PERCENT_MAX = 50;
/** Beside its models, which a worker reports apart. */
const MEMORY_FACTOR_MAX = 1.5;

/** What the workers say of themselves: who is gone, who is mute, who takes what it should not. Ages are told by `now`. */
export function checkWorkers(
  workers: readonly WorkerRow[],
  {
    now = new Date(),
    cores,
  }: { readonly now?: Date; readonly cores?: { readonly host: string; readonly count: number } },
): Finding[] {
  const running = workers.filter(({ state }) => state === 'running');
  return [
    aboutRunning(workers, running, now),
    aboutLost(workers, now),
    ...(cores === undefined ? [] : aboutSharedCores(running, cores)),
    ...running.flatMap((worker) => [...aboutMemory(worker), ...aboutIdleLoad(worker)]),
  ];
}

function aboutRunning(workers: readonly WorkerRow[], running: readonly WorkerRow[], now: Date): Finding {
  if (running.length === 0) {
    const draining = workers.filter(({ state }) => state === 'draining').length;
    const measured =
      draining > 0 ? `${countText(draining, 'worker drains', 'workers drain')}, none takes work` : 'none runs';
    const fix = 'Start one with "vt up", resume one that drains, or look into the log of the last (logs/worker.log).';
    return problem('workers', measured, fix);
  }
  const slots = running.reduce((sum, worker) => sum + worker.slots, 0);
  const busy = running.reduce((sum, worker) => sum + worker.slotsBusy, 0);
  const measured = `${countText(running.length, 'worker')} with ${countText(slots, 'slot')}, ${busy} busy`;
  const silent = running.filter(({ heartbeatAt }) => secondsSince(heartbeatAt, now) > SILENT_SECONDS_MAX);
  if (silent.length === 0) return ok('workers', measured);
  const named = silent.map(
    ({ instanceId, heartbeatAt }) => `${instanceId} was last heard of ${spanText(secondsSince(heartbeatAt, now))} ago`,
  );
  const fix = 'It is stopped, starved of processor time, or cannot reach the database. Restart it.';
  return problem('workers', `${measured}; ${named.join(', ')}`, fix);
}

function aboutLost(workers: readonly WorkerRow[], now: Date): Finding {
  const lost = workers.filter(
    ({ state, heartbeatAt }) => state === 'lost' && secondsSince(heartbeatAt, now) < LOST_SECONDS,
  );
  if (lost.length === 0) return ok('workers-lost', 'none in the last day');
  const [newest] = lost.toSorted((one, other) => other.heartbeatAt.getTime() - one.heartbeatAt.getTime());
  const named = `${newest?.instanceId ?? ''} ${spanText(secondsSince(newest?.heartbeatAt ?? now, now))} ago. ${newest?.lostReason ?? ''}`;
  return warning(
    'workers-lost',
    `${lost.length} in the last day, the newest ${named.trim()}`,
    'Its work was given to others. If nobody ended it, look for "Out of memory" in the kernel log (dmesg) and into logs/worker.log.',
  );
}

/** Each worker counts with the cores of its machine, and knows nothing of a second one there. */
function aboutSharedCores(running: readonly WorkerRow[], { host, count }: { host: string; count: number }): Finding[] {
  const here = running.filter((worker) => worker.host === host);
  const threads = here.reduce((sum, { threadsPerInference }) => sum + threadsPerInference, 0);
  if (here.length < 2 || threads <= count) return [];
  const each = Math.max(1, Math.floor(count / here.length));
  return [
    warning(
      'threads',
      `${here.length} workers on ${host} with ${threads} threads together, cores are ${count}`,
      `Run one worker on each machine with more MAX_CONCURRENT_JOBS, or set INFERENCE_THREADS=${each} for each.`,
      { subject: host },
    ),
  ];
}

function aboutMemory({ instanceId, memoryBytes, loadedModels }: WorkerRow): Finding[] {
  if (memoryBytes === null) return [];
  const modelBytes = loadedModels.reduce((sum, model) => sum + model.memoryBytes, 0);
  const measured = `${bytesText(memoryBytes)}, ${bytesText(modelBytes)} of it for ${countText(loadedModels.length, 'loaded model')}`;
  const expected = (modelBytes + BASE_MEMORY_BYTES) * MEMORY_FACTOR_MAX;
  if (memoryBytes <= expected) return [ok('worker-memory', measured, { subject: instanceId })];
  const fix = 'It holds more than its models: restart it. If it grows again, tell which recordings it worked on.';
  return [warning('worker-memory', measured, fix, { subject: instanceId })];
}

function aboutIdleLoad({ instanceId, slotsBusy, cpuPercent }: WorkerRow): Finding[] {
  if (slotsBusy > 0 || cpuPercent === null || cpuPercent <= IDLE_CPU_PERCENT_MAX) return [];
  return [
    warning(
      'idle-load',
      `${instanceId} takes ${cpuPercent.toFixed(0)} % of a core and holds no job`,
      'A self-test or a benchmark may be running; if it stays so, restart the worker.',
      { subject: instanceId },
    ),
  ];
}

function secondsSince(then: Date, now: Date): number {
  return (now.getTime() - then.getTime()) / 1000;
}
