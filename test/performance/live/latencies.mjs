export function quantiles(figures) {
  const sorted = [...figures].sort((left, right) => left - right);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), max: sorted.at(-1) ?? Number.NaN };
}

/** What is missing from `first` up to the last number, and what came twice. */
export function findFaults(seqs, first = 1) {
  const once = new Set(seqs);
  const last = Math.max(...seqs);
  return { gaps: last - first + 1 - once.size, duplicates: seqs.length - once.size };
}
