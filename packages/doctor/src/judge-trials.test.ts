import { expect, test } from 'vitest';
import { checkBackends, judgeTrials, toMeasurements, type Trial } from './index.js';

function trial(changes: Partial<Trial>, speed = 12): Trial {
  const timing = {
    jobs: 1,
    audioSeconds: 11,
    wallSeconds: 11 / speed,
    memoryBytesPeak: 4e8,
    cpuSeconds: 1,
    otherCores: 0,
  };
  return {
    model: 'base-q8_0',
    backend: 'one',
    device: 'cpu',
    threads: 2,
    selfTest: {
      ok: true,
      model: 'base-q8_0',
      text: 'Ask not',
      deviceRequested: 'cpu',
      testedAt: '2026-01-01T00:00:00Z',
    },
    timings: [timing],
    memoryBytesSettled: 4e8,
    memoryBytesLast: 4e8,
    ...changes,
  };
}

const judge = (trials: Trial[], code: string) =>
  judgeTrials(trials, { defaultModel: 'base-q8_0' }).filter((finding) => finding.code === code);

test('a wrong text is a problem that quotes what was heard', () => {
  const selfTest = {
    ...trial({}).selfTest,
    ok: false,
    problem: 'It heard "x" where somebody says "y".',
  } as Trial['selfTest'];
  expect(judge([trial({ selfTest, timings: [] })], 'backend')).toMatchObject([
    { level: 'problem', measured: expect.stringContaining('It heard "x"') as string },
  ]);
});

test('a default model slower than asked is a warning, slower than real time or not running at all a problem', () => {
  expect(judge([trial({}, 10.1)], 'speed')).toMatchObject([{ level: 'ok' }]);
  expect(judge([trial({}, 9)], 'speed')).toMatchObject([{ level: 'warning' }]);
  expect(judge([trial({}, 0.8)], 'speed')).toMatchObject([{ level: 'problem' }]);
  expect(judge([trial({ timings: [] })], 'speed')).toMatchObject([{ level: 'problem' }]);
});

test('the same checkpoint in a faster quantization is recommended', () => {
  const faster = trial({ model: 'base-q5_1' }, 20);
  expect(judge([trial({}), faster], 'model-choice')).toMatchObject([
    { level: 'warning', fix: expect.stringContaining('DEFAULT_MODEL=base-q5_1') as string },
  ]);
  expect(judge([trial({}), trial({ model: 'tiny-q8_0' }, 40)], 'model-choice')).toEqual([]);
});

test('memory that grows while the same is done again is a warning', () => {
  expect(judge([trial({ memoryBytesLast: 4.9e8 })], 'memory-growth')).toMatchObject([{ level: 'ok' }]);
  expect(judge([trial({ memoryBytesLast: 5.1e8 })], 'memory-growth')).toMatchObject([
    { level: 'warning', measured: expect.stringContaining('105 MiB more') as string },
  ]);
});

test('work of other programs during a timing is told with it', () => {
  const [timing] = trial({}).timings;
  const disturbed = trial({ timings: timing ? [{ ...timing, otherCores: 1.5 }] : [] });
  expect(judge([disturbed], 'backend')[0]?.measured).toContain('other programs kept up to 1.5 cores busy');
});

test('each timing is a measurement with its threads and jobs', () => {
  expect(toMeasurements([trial({})], { host: 'h' })).toMatchObject([
    { host: 'h', threads: 2, atOnce: 1, source: 'calibration', memoryBytesPeak: 4e8 },
  ]);
});

test('an engine that is missing is a warning beside one that works, and a problem when none does', () => {
  const missing = {
    name: 'two',
    status: 'unavailable',
    reason: 'Not built.',
    devices: [],
    facts: {},
    selfTests: [],
  } as const;
  const working = { name: 'one', status: 'available', devices: [], facts: {}, selfTests: [] } as const;
  expect(checkBackends([working, missing]).map(({ level }) => level)).toEqual(['ok', 'warning']);
  expect(checkBackends([missing])).toMatchObject([{ code: 'backend', level: 'problem' }]);
  const failed = { ...working, selfTests: [{ ...trial({}).selfTest, ok: false, problem: 'Nonsense.' }] };
  expect(checkBackends([failed as never], 'h')).toMatchObject([{ level: 'problem', subject: 'one on h' }]);
});
