import { expect, test } from 'vitest';
import { BeamSearch } from './beam-search.js';
import { readDecodingOptions } from './decoding-options.js';
import { createRandom, logSumExp } from './probabilities.js';
import { SampledSearch } from './sampled-search.js';
import { placeContinuations, EMPTY_TEXT, type Hypothesis, type Prediction, type TextSearch } from './text-search.js';

const END = 3;
const FORBIDDEN_AT_FIRST = Float32Array.of(0, 0, 0, -1e30);
const limits = { endOfText: END, tokensMax: 8, firstTokenRule: FORBIDDEN_AT_FIRST, textRule: new Float32Array(4) };

/** What follows a text in a language of three words: the first word tempts, but its ends are unlikely. */
function probabilitiesAfter({ tokens }: Hypothesis): readonly number[] {
  if (tokens.length === 0) return [0.55, 0.4, 0.05, 0];
  if (tokens[0] === 0) return tokens.length === 1 ? [0.3, 0.3, 0.3, 0.1] : [0.2, 0.2, 0.2, 0.4];
  return tokens.length === 1 ? [0.02, 0.02, 0.94, 0.02] : [0.02, 0.02, 0.02, 0.94];
}

function predict(text: Hypothesis): Prediction {
  const logits = Float32Array.from(probabilitiesAfter(text), (value) => Math.log(value + 1e-9) + 5);
  const allowed = logits.map(
    (value, token) => value + (text.tokens.length === 0 ? (FORBIDDEN_AT_FIRST[token] ?? 0) : 0),
  );
  const token = allowed.indexOf(Math.max(...allowed));
  const logProbability = (allowed[token] as number) - logSumExp(allowed);
  return { token, logProbability, logits, attention: Uint8Array.of(text.tokens.length) };
}

function run(search: TextSearch): Hypothesis {
  for (let step = 0; step < 20; step++) {
    if (search.advance(search.active.map(predict)).length === 0) return search.best();
  }
  throw new Error('The search does not end.');
}

test('beam search finds the probable text that a greedy choice misses', () => {
  const greedy = run(new SampledSearch(limits, { temperature: 0, count: 1, seed: 0 }));
  const found = run(new BeamSearch(limits, { size: 3, lengthPenalty: undefined }));
  expect(greedy.tokens[0]).toBe(0);
  expect(found.tokens).toEqual([1, 2]);
  expect(found.logProbabilitySum).toBeCloseTo(Math.log(0.4 * 0.94 * 0.94), 4);
  expect(found.probabilities.map((value) => value.toFixed(2))).toEqual(['0.40', '0.94']);
  expect(found.attention.map(([row]) => row)).toEqual([0, 1, 2]);
});

test('a beam of one is greedy, and every search ends at the longest text', () => {
  const endless = { ...limits, textRule: FORBIDDEN_AT_FIRST };
  const greedy = run(new SampledSearch(endless, { temperature: 0, count: 1, seed: 0 }));
  const single = run(new BeamSearch(endless, { size: 1, lengthPenalty: undefined }));
  expect(single.tokens).toHaveLength(8);
  expect(single.tokens[0]).toBe(greedy.tokens[0]);
  expect(run(new BeamSearch(endless, { size: 4, lengthPenalty: 1 })).tokens).toHaveLength(8);
});

test('of several drawn texts the most probable is kept, and the same seed draws the same', () => {
  const draw = (count: number, seed: number): Hypothesis =>
    run(new SampledSearch(limits, { temperature: 1, count, seed }));
  const mean = ({ logProbabilitySum, tokens }: Hypothesis): number => logProbabilitySum / (tokens.length + 1);
  expect(draw(5, 1)).toEqual(draw(5, 1));
  const seeds = Array.from({ length: 30 }, (_, seed) => seed);
  const average = (count: number): number =>
    seeds.reduce((sum, seed) => sum + mean(draw(count, seed)), 0) / seeds.length;
  expect(average(5)).toBeGreaterThan(average(1) + 0.1);
});

test('copying places one after the other never reads a place that was written over', () => {
  const random = createRandom(7);
  for (let round = 0; round < 500; round++) {
    const before = Array.from({ length: 1 + Math.floor(random() * 8) }, (_, index) => index);
    const count = 1 + Math.floor(random() * 8);
    const wanted = Array.from({ length: count }, () => Math.floor(random() * before.length));
    const placed = placeContinuations(wanted.map((source) => ({ hypothesis: EMPTY_TEXT, source })));
    const memory: (number | undefined)[] = [...before];
    placed.forEach(({ source }, place) => (memory[place] = memory[source]));
    expect(memory.slice(0, count)).toEqual(placed.map(({ source }) => source));
    expect(placed.map(({ source }) => source).sort()).toEqual(wanted.sort());
  }
});

test('options of the search are read, and values that make no sense are refused', () => {
  expect(readDecodingOptions({})).toMatchObject({ beamSize: 1, bestOf: 1, temperatures: [0, 0.2, 0.4, 0.6, 0.8, 1] });
  const extra = { beamSize: 5, bestOf: 2, temperature: [0, 0.5], lengthPenalty: 0.6, tokensMax: 100 };
  expect(readDecodingOptions({ extra })).toEqual({
    beamSize: 5,
    bestOf: 2,
    temperatures: [0, 0.5],
    lengthPenalty: 0.6,
    tokensMax: 100,
  });
  const wrong = [{ beamSize: 0 }, { beamSize: 9 }, { beamSize: '5' }, { bestOf: 1.5 }, { temperature: 2 }];
  for (const broken of [...wrong, { temperature: [] }, { lengthPenalty: -1 }, { tokensMax: 225 }]) {
    expect(() => readDecodingOptions({ extra: broken })).toThrow(
      expect.objectContaining({ code: 'request-unsupported' }),
    );
  }
});
