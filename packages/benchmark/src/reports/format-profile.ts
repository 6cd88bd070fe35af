import type { BenchmarkRun } from '../benchmark-run.js';

type TableFormatter = (lines: readonly (readonly string[])[], options: { textColumns: number }) => string[];

/** The functions in which the time of each profiled cell went, as lines; none when nothing was profiled. */
export function formatProfile({ results }: BenchmarkRun, formatLines: TableFormatter): string[] {
  return results.flatMap(({ profile, backend, model, device, threads }) => {
    if (profile === null) return [];
    const head = ['Function', 'Where', 'Process', 'Total', 'Self'];
    const lines = profile.map((entry) => [
      entry.name,
      entry.place === '' ? 'native' : entry.place,
      entry.process,
      `${entry.totalSeconds.toFixed(2)} s`,
      `${entry.selfSeconds.toFixed(2)} s`,
    ]);
    const title = `Top functions of ${backend} ${model} ${device} with ${threads} threads`;
    return ['', title, '', ...formatLines([head, ...lines], { textColumns: 3 })];
  });
}
