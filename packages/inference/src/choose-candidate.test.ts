import type { Device, ModelManifest } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { chooseCandidate, type BackendFacts, type ChooseLimits } from './choose-candidate.js';

const GIGABYTE = 1e9;
const cpu: Device = { id: 'cpu', kind: 'cpu', name: 'Processor', memoryBytesTotal: 16 * GIGABYTE };
const gpu: Device = { id: 'cuda:0', kind: 'cuda', name: 'Card', memoryBytesTotal: 4 * GIGABYTE };

function model(name: string, languages: readonly string[] = ['*']): ModelManifest {
  return {
    name,
    size: 'base',
    format: 'ggml',
    quantization: 'q8_0',
    languages,
    fileBytes: 1,
    sha256: '',
    licence: 'MIT',
    origin: 'a test',
  };
}

function backend(name: string, devices: readonly Device[], memoryBytesNeeded = GIGABYTE): BackendFacts {
  return {
    name,
    report: { status: 'available', version: '1', devices, facts: {} },
    fit: () => ({ fits: true, memoryBytesNeeded }),
  };
}

const limits: ChooseLimits = {
  gpuEnabled: true,
  gpuMemoryFraction: 0.8,
  memoryBytesAvailable: 8 * GIGABYTE,
  isLoaded: () => false,
  measuredSpeed: () => undefined,
};
const request = { model: 'base', task: 'transcribe', wordTimes: true } as const;
const models = [model('base'), model('tiny.en', ['en'])];

test('a GPU with room comes first, and every other candidate is judged with a reason', () => {
  const choice = chooseCandidate(request, models, [backend('slow', [cpu]), backend('fast', [gpu, cpu])], limits);
  expect(choice).toMatchObject({ backend: 'fast', device: 'cuda:0' });
  expect(choice.candidates).toHaveLength(3);
  expect(choice.candidates.filter(({ chosen }) => chosen)).toHaveLength(1);
  for (const { reason } of choice.candidates) expect(reason).not.toBe('');
});

test('a GPU is passed over when it is switched off, or when the model takes more than its share', () => {
  const backends = [backend('fast', [gpu, cpu], 3.5 * GIGABYTE)];
  expect(chooseCandidate(request, models, backends, limits).device).toBe('cpu');
  expect(chooseCandidate(request, models, [backend('fast', [gpu, cpu])], { ...limits, gpuEnabled: false }).device).toBe(
    'cpu',
  );
});

test('among equals the one that was measured fastest here wins', () => {
  const measuredSpeed = (name: string) => ({ one: 5, two: 12 })[name];
  const backends = [backend('one', [cpu]), backend('two', [cpu]), backend('three', [cpu])];
  expect(chooseCandidate(request, models, backends, { ...limits, measuredSpeed }).backend).toBe('two');
});

test('a name without its quantization finds the installed variants', () => {
  const choice = chooseCandidate(request, [model('base-q8_0')], [backend('one', [cpu])], limits);
  expect(choice.model).toBe('base-q8_0');
});

test('memory counts as it really is, but a loaded model needs no more', () => {
  const tight = { ...limits, memoryBytesAvailable: GIGABYTE / 2 };
  expect(() => chooseCandidate(request, models, [backend('one', [cpu])], tight)).toThrow(
    expect.objectContaining({ code: 'out-of-memory', retry: 'here' }),
  );
  const loaded = { ...tight, isLoaded: () => true };
  expect(chooseCandidate(request, models, [backend('one', [cpu])], loaded).backend).toBe('one');
});

test('what was asked for by name is all that counts, whatever else is faster', () => {
  const backends = [backend('one', [gpu, cpu]), backend('two', [cpu])];
  const choose = (asked: object) => chooseCandidate({ ...request, ...asked }, models, backends, limits);
  expect(choose({ backend: 'two' })).toMatchObject({ backend: 'two', device: 'cpu' });
  expect(choose({ device: 'cpu' })).toMatchObject({ backend: 'one', device: 'cpu' });
  expect(choose({ device: 'cuda' })).toMatchObject({ backend: 'one', device: 'cuda:0' });
  expect(choose({ backend: 'two' }).candidates[1]?.reason).toBe('The backend "two" was asked for.');
  expect(() => choose({ backend: 'two', device: 'cuda' })).toThrow('The device "cuda" was asked for.');
});

test('what failed on this work or in its self-test is passed over, and why is said', () => {
  const backends = [backend('one', [cpu]), backend('two', [cpu]), backend('three', [cpu])];
  const exclude = [{ model: 'base', backend: 'one', device: 'cpu', reason: 'It fell over.' }];
  const selfTestProblem = (name: string) => (name === 'two' ? 'It heard "you".' : undefined);
  const choice = chooseCandidate({ ...request, exclude }, models, backends, { ...limits, selfTestProblem });
  expect(choice.backend).toBe('three');
  expect(choice.candidates.slice(1).map(({ reason }) => reason)).toEqual([
    'It failed on this part of the recording: It fell over.',
    'It did not pass its self-test here: It heard "you".',
  ]);
});

test('what cannot work is a typed error that says why', () => {
  const backends = [backend('one', [cpu])];
  const code = (asked: object, among = backends) => {
    try {
      return chooseCandidate({ ...request, ...asked }, models, among, limits).backend;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code({ model: 'huge' })).toBe('model-missing');
  expect(code({ model: 'tiny.en', language: 'de' })).toBe('request-unsupported');
  expect(code({ model: 'tiny.en', task: 'translate' })).toBe('request-unsupported');
  const broken: BackendFacts = {
    ...backend('one', []),
    report: { status: 'unavailable', reason: 'Not built.', fix: 'Build it.' },
  };
  expect(code({}, [broken])).toBe('backend-unavailable');
});
