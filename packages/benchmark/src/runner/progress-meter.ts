import type { BenchmarkOrder, BenchmarkProgress } from '../benchmark-run.js';

export interface ProgressMeter {
  /** Returns the number of the iteration within its cell. */
  countIteration(): number;
  countCell(): void;
  describe(doing: string): BenchmarkProgress;
}

/**
 * Tells how far a run is. The time left is guessed from what cells took so far: cells differ, so the guess is rough until the slow ones have begun.
 * `now` is the monotonic clock in milliseconds.
 */
export function createProgressMeter(
  cellsTotal: number,
  { iterations, warmups }: Pick<BenchmarkOrder, 'iterations' | 'warmups'>,
  now: () => number = () => performance.now(),
): ProgressMeter {
  const startedAt = now();
  const stepsPerCell = warmups + iterations;
  let cellsDone = 0;
  let iterationsDone = 0;
  return {
    countIteration: () => (iterationsDone += 1),
    countCell() {
      cellsDone += 1;
      iterationsDone = 0;
    },
    describe(doing) {
      // Runs that go on until they are stable may take more iterations than planned; the bar waits for them.
      const within = iterationsDone === 0 ? 0 : Math.min(1, (warmups + iterationsDone) / stepsPerCell);
      const fraction = cellsTotal === 0 ? 1 : Math.min(1, (cellsDone + within) / cellsTotal);
      const elapsedSeconds = (now() - startedAt) / 1000;
      const eta = fraction > 0 ? { etaSeconds: (elapsedSeconds / fraction) * (1 - fraction) } : {};
      return { cellsDone, cellsTotal, doing, fraction, ...eta };
    },
  };
}
