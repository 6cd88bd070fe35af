import { expect, test } from 'vitest';
import { withSamples, type ResourceSample } from './system-state';

function sample(host: string, second: number): ResourceSample {
  return {
    host,
    sampledAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
    cpuPercent: second,
    cpuCores: 2,
    memoryPercent: 1,
    memoryBytesAvailable: 1,
    memoryBytesTotal: 2,
    diskPercent: 1,
    diskBytesFree: 1,
    diskBytesTotal: 2,
  };
}

test('samples line up by time for each host, each once, and old ones leave', () => {
  const first = withSamples({}, [sample('a', 3), sample('b', 1), sample('a', 1)]);
  const again = withSamples(first, [sample('a', 3), sample('a', 2)]);
  expect(again['a']?.map(({ cpuPercent }) => cpuPercent)).toEqual([1, 2, 3]);
  expect(again['b']).toHaveLength(1);
  const many = withSamples(
    {},
    Array.from({ length: 200 }, (_, second) => sample('a', second)),
  );
  expect(many['a']).toHaveLength(90);
  expect(many['a']?.at(-1)?.cpuPercent).toBe(199);
});
