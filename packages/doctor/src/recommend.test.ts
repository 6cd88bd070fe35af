import { expect, test } from 'vitest';
import { recommend, type Measurement, type RecommendedModel } from './index.js';

const ROOM = { cores: 4, memoryBytesAvailable: 16e9 };
const model = (name: string, fileBytes = 80e6, languages = ['*']): RecommendedModel => ({ name, fileBytes, languages });

function measured(changes: Partial<Measurement>): Measurement {
  return {
    host: 'h',
    model: 'one',
    backend: 'quick',
    device: 'cpu',
    threads: null,
    atOnce: null,
    audioSecondsPerSecond: 12,
    memoryBytesPeak: null,
    measurements: 1,
    source: 'self-test',
    ...changes,
  };
}

const timed = (atOnce: number, audioSecondsPerSecond: number, memoryBytesPeak = 400e6 + atOnce * 20e6): Measurement =>
  measured({ threads: 4, atOnce, audioSecondsPerSecond, memoryBytesPeak, source: 'calibration' });

test('nothing is recommended of which nothing was measured', () => {
  expect(recommend([model('one')], [], ROOM)).toEqual([]);
  expect(recommend([model('one')], [measured({ model: 'another' })], ROOM)).toEqual([]);
});

test('the fastest way that was measured is taken, and its figure and source are told', () => {
  const [advice] = recommend(
    [model('one')],
    [measured({ backend: 'slow', audioSecondsPerSecond: 3 }), measured({})],
    ROOM,
  );
  expect(advice).toMatchObject({ backend: 'quick', audioSecondsPerSecond: 12 });
  expect(advice?.reason).toContain('12.0 s of audio per second (1 measurement, self-test)');
});

test('as many jobs are recommended as still made it faster, and one more that prepares', () => {
  const [advice] = recommend([model('one')], [timed(1, 10), timed(2, 14), timed(3, 16), timed(4, 16.2)], ROOM);
  expect(advice).toMatchObject({ concurrentJobs: 4, concurrentJobsMeasured: true, threads: 4 });
  expect(advice?.reason).toContain('1: 10.0x, 2: 14.0x, 3: 16.0x, 4: 16.2x');
});

test('jobs that were not measured are worked out from the cores, and that is said', () => {
  const [advice] = recommend([model('one')], [measured({})], ROOM);
  expect(advice).toMatchObject({ concurrentJobs: 5, concurrentJobsMeasured: false });
  expect(advice?.reason).toContain('jobs at once were not measured');
});

test('memory limits the jobs by what each further one was measured to take', () => {
  const memory = (jobs: number) => 1e9 + (jobs - 1) * 1e9;
  const all = [timed(1, 10, memory(1)), timed(2, 14, memory(2)), timed(3, 18, memory(3)), timed(4, 22, memory(4))];
  const [advice] = recommend([model('one')], all, { cores: 4, memoryBytesAvailable: 5.8e9 });
  expect(advice).toMatchObject({ concurrentJobs: 2 });
  expect(advice?.reason).toContain('memory has room for 2');
});

test('fewer threads are recommended where they are as fast', () => {
  const all = [timed(1, 20), measured({ threads: 2, atOnce: 1, audioSecondsPerSecond: 19.5, source: 'calibration' })];
  expect(recommend([model('one')], all, ROOM)[0]).toMatchObject({ threads: 2 });
  const clear = [timed(1, 20), measured({ threads: 2, atOnce: 1, audioSecondsPerSecond: 12, source: 'calibration' })];
  expect(recommend([model('one')], clear, ROOM)[0]).toMatchObject({ threads: 4 });
  // With many jobs two threads are as fast, but one recording alone would take longer.
  const few = (atOnce: number, speed: number) =>
    measured({ threads: 2, atOnce, audioSecondsPerSecond: speed, source: 'calibration' });
  const mixed = [timed(1, 20), timed(4, 30), few(1, 15), few(4, 29.5)];
  expect(recommend([model('one')], mixed, ROOM)[0]).toMatchObject({ threads: 4 });
});

test('the best model is the largest that makes ten seconds a second, else the fastest; English-only ones yield', () => {
  const models = [model('tiny', 40e6), model('base', 80e6), model('small', 260e6), model('small.en', 270e6, ['en'])];
  const speeds = (tiny: number, base: number, small: number) => [
    measured({ model: 'tiny', audioSecondsPerSecond: tiny }),
    measured({ model: 'base', audioSecondsPerSecond: base }),
    measured({ model: 'small', audioSecondsPerSecond: small }),
    measured({ model: 'small.en', audioSecondsPerSecond: 99 }),
  ];
  const best = (all: Measurement[]) =>
    recommend(models, all, ROOM)
      .filter(({ isBest }) => isBest)
      .map((one) => one.model);
  expect(best(speeds(40, 20, 5))).toEqual(['base']);
  expect(best(speeds(40, 20, 11))).toEqual(['small']);
  expect(best(speeds(8, 4, 1))).toEqual(['tiny']);
});
