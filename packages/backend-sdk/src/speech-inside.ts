import type { TimeSpan } from './transcribe.js';

/**
 * Where somebody speaks inside a window, from an outline of the whole recording: start, end, start, end … in milliseconds. Undefined when nobody listened for
 * voices.
 */
export function speechInside(
  { startSeconds, endSeconds }: TimeSpan,
  outlineMilliseconds: readonly number[] | null | undefined,
): readonly TimeSpan[] | undefined {
  if (outlineMilliseconds === null || outlineMilliseconds === undefined) return undefined;
  const spans: TimeSpan[] = [];
  for (let index = 0; index + 1 < outlineMilliseconds.length; index += 2) {
    const start = Math.max(startSeconds, (outlineMilliseconds[index] as number) / 1000);
    const end = Math.min(endSeconds, (outlineMilliseconds[index + 1] as number) / 1000);
    if (start < end) spans.push({ startSeconds: start, endSeconds: end });
  }
  return spans;
}
