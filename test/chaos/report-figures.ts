/** Prints a measured figure beside its target. */
export function printFigure(what: string, measured: string, target: string): void {
  process.stdout.write(`figure: ${what}: ${measured} (target: ${target})\n`);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
