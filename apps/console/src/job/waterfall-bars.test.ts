import { expect, test } from 'vitest';
import type { Attempt } from './use-job-work';
import { layOutWaterfall } from './waterfall-bars';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString();

function attempt(id: string, from: number, to: number | null, changes: Partial<Attempt> = {}): Attempt {
  return {
    id,
    kind: 'CHUNK',
    chunkIndex: 0,
    outcome: to === null ? 'RUNNING' : 'SUCCEEDED',
    startedAt: at(from),
    finishedAt: to === null ? null : at(to),
    durationSeconds: to === null ? null : to - from,
    model: 'base',
    backend: 'one',
    device: 'cpu',
    memoryBytesChange: null,
    memoryBytesPeak: null,
    cpuPercentMean: null,
    windowsCommitted: 1,
    worker: { id: 'w', host: 'host' },
    error: null,
    ...changes,
  };
}

const done = { createdAt: at(0), finishedAt: at(20), state: 'COMPLETED', retries: 0 } as const;

test('the wait ends where the first attempt begins, and everything lies within the whole', () => {
  const { bars, totalSeconds } = layOutWaterfall(
    done,
    [attempt('chunk', 8, 19), attempt('prepare', 4, 8, { kind: 'PREPARE', chunkIndex: null })],
    new Date(at(50)),
  );
  expect(totalSeconds).toBe(20);
  expect(bars.map(({ label, startSeconds, durationSeconds }) => [label, startSeconds, durationSeconds])).toEqual([
    ['Queued', 0, 4],
    ['Prepare', 4, 4],
    ['Chunk 1', 8, 11],
  ]);
});

test('what runs reaches to now', () => {
  const running = { createdAt: at(0), finishedAt: null, state: 'TRANSCRIBING', retries: 0 } as const;
  const { bars, totalSeconds } = layOutWaterfall(running, [attempt('chunk', 5, null)], new Date(at(30)));
  expect(totalSeconds).toBe(30);
  expect(bars.at(-1)).toMatchObject({ running: true, durationSeconds: 25 });
});

test('a job that was tried again is not drawn with the days in between', () => {
  const { bars, totalSeconds } = layOutWaterfall(
    { ...done, createdAt: at(-9999), retries: 1 },
    [attempt('a', 10, 20)],
    new Date(),
  );
  expect(totalSeconds).toBe(10);
  expect(bars.map(({ label }) => label)).toEqual(['Chunk 1']);
});
