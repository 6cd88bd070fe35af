import { expect, test } from 'vitest';
import type { EnginesQuery } from '../gql/graphql';
import { expectSpeed } from './expected-speed';

type EngineJob = EnginesQuery['transcriptions']['nodes'][number];

const job = (realTimeFactor: number | null, changes: Partial<EngineJob> = {}): EngineJob => ({
  id: 'job',
  model: 'base',
  backend: 'one',
  device: 'cpu',
  audioSeconds: 60,
  realTimeFactor,
  ...changes,
});
const engines = (nodes: EngineJob[]): EnginesQuery => ({
  backends: [
    {
      id: 'backend',
      name: 'one',
      status: 'AVAILABLE',
      devices: [{ id: 'cpu', name: 'Processor' }],
      selfTests: [{ model: 'base', deviceActual: 'cpu', audioSecondsPerSecond: 20, ok: true }],
    },
  ],
  transcriptions: { nodes },
});

test('the median of finished jobs tells the speed, and one odd job does not', () => {
  const speed = expectSpeed(engines([job(0.1), job(0.1), job(4)]), { model: 'base' });
  expect(speed?.audioSecondsPerSecond).toBeCloseTo(10);
  expect(speed?.jobs).toBe(3);
});

test('a long job outweighs short ones, in which loading the model is most', () => {
  const short = [job(1.5, { audioSeconds: 11 }), job(1, { audioSeconds: 20 }), job(0.9, { audioSeconds: 20 })];
  const speed = expectSpeed(engines([...short, job(0.05, { audioSeconds: 3600 })]), { model: 'base' });
  expect(speed?.audioSecondsPerSecond).toBeCloseTo(20);
});

test('jobs of another engine, device or model, and jobs of a few seconds do not count', () => {
  const others = [
    job(1, { backend: 'two' }),
    job(1, { device: 'cuda:0' }),
    job(1, { model: 'tiny' }),
    job(1, { audioSeconds: 2 }),
  ];
  const speed = expectSpeed(engines([...others, job(0.5)]), { model: 'base', backend: 'one', device: 'cpu' });
  expect(speed).toEqual({ audioSecondsPerSecond: 2, jobs: 1 });
});

test('without jobs the self-test tells it, and without either nothing is claimed', () => {
  expect(expectSpeed(engines([]), { model: 'base' })).toEqual({ audioSecondsPerSecond: 20, jobs: 0 });
  expect(expectSpeed(engines([job(null)]), { model: 'large' })).toBeUndefined();
});

test('short jobs speak only where there is no self-test: what starting them costs is most of their time', () => {
  const short = [job(0.12, { audioSeconds: 11 }), job(0.1, { audioSeconds: 20 })];
  expect(expectSpeed(engines(short), { model: 'base' })).toEqual({ audioSecondsPerSecond: 20, jobs: 0 });
  const speed = expectSpeed({ ...engines(short), backends: [] }, { model: 'base' });
  expect(speed?.audioSecondsPerSecond).toBeCloseTo(10);
  expect(speed?.jobs).toBe(2);
});
