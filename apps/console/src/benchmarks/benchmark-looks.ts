import type { BenchmarkEventsSubscription, BenchmarkState, BenchmarkVerdict } from '../gql/graphql';
import type { Tone } from '../ui/tone-label';

export type BenchmarkRun = BenchmarkEventsSubscription['benchmarkEvents'];
export type BenchmarkCell = BenchmarkRun['results'][number];

export const STATE_LOOKS: Readonly<Record<BenchmarkState, { readonly label: string; readonly tone: Tone }>> = {
  QUEUED: { label: 'Waiting', tone: 'waiting' },
  RUNNING: { label: 'Measuring', tone: 'running' },
  COMPLETED: { label: 'Completed', tone: 'done' },
  FAILED: { label: 'Failed', tone: 'failed' },
  CANCELLED: { label: 'Cancelled', tone: 'idle' },
};

export const VERDICT_LABELS: Readonly<Record<BenchmarkVerdict, string>> = {
  BETTER: 'better',
  WORSE: 'worse',
  NOISE: 'within the noise',
  UNKNOWN: 'not known',
};

export const isOver = (state: BenchmarkState): boolean => state !== 'QUEUED' && state !== 'RUNNING';

export const cellKey = (cell: Pick<BenchmarkCell, 'backend' | 'model' | 'device' | 'threads' | 'batch'>): string =>
  [cell.backend, cell.model, cell.device, cell.threads, cell.batch ?? 'auto'].join('|');

export function conditionsOf({ device, threads, batch }: Pick<BenchmarkCell, 'device' | 'threads' | 'batch'>): string {
  const together = batch === null ? '' : `, ${batch} ${batch === 1 ? 'window' : 'windows'} at once`;
  return `${device}, ${threads} ${threads === 1 ? 'thread' : 'threads'}${together}`;
}

export const formatSpeed = (speed: number): string => `${speed >= 100 ? Math.round(speed) : speed.toFixed(1)}×`;

export const formatRate = (rate: number): string => `${(100 * rate).toFixed(1)} %`;

/** Round figures that divide the axis into a few equal steps, the last at or above `valueMax`. */
export function axisSteps(valueMax: number, stepsWanted = 4): number[] {
  if (!(valueMax > 0)) return [0, 1];
  const rough = valueMax / stepsWanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const count = Math.ceil(valueMax / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
