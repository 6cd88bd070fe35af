const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `8.2 GiB`: powers of 1024, as the settings and the console count. */
export function bytesText(bytes: number): string {
  const exponent = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** exponent;
  return `${exponent > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[exponent] ?? ''}`;
}

/** `3 workers`, `1 worker`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `95 s`, `12 min`, `3 h`. */
export function spanText(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  return `${(seconds / 3600).toFixed(0)} h`;
}
