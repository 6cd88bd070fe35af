import { expect, test } from 'vitest';
import { loadRuntime } from '../engine/runtime.js';
import { buildLogMelGraph, CONTEXT_SAMPLES } from './log-mel-graph.js';

const FREQUENCIES = 201;
const FRAMES = 1200;
const INPUT_SAMPLES = FRAMES * 160 + 2 * CONTEXT_SAMPLES;

/** Power of one 25 ms window at one frequency by the definition of the Fourier transform. */
function power(samples: Float32Array, frame: number, frequency: number): number {
  let real = 0;
  let imaginary = 0;
  for (let index = 0; index < 400; index++) {
    const value = (samples[frame * 160 + index] as number) * (0.5 - 0.5 * Math.cos((2 * Math.PI * index) / 400));
    real += value * Math.cos((2 * Math.PI * frequency * index) / 400);
    imaginary -= value * Math.sin((2 * Math.PI * frequency * index) / 400);
  }
  return real * real + imaginary * imaginary;
}

test('the graph gives the spectrogram of its definition', async () => {
  // One bin per frequency makes the filters invisible.
  const bins = 80;
  const weights = Float32Array.from({ length: bins * FREQUENCIES }, (_, index) =>
    index % FREQUENCIES === Math.floor(index / FREQUENCIES) ? 1 : 0,
  );
  const runtime = await loadRuntime();
  const session = await runtime.createSession(buildLogMelGraph({ bins, frequencies: FREQUENCIES, weights }), {
    threads: 1,
  });
  const samples = new Float32Array(INPUT_SAMPLES);
  for (let index = 0; index < 16_000; index++) {
    samples[CONTEXT_SAMPLES + index] = 0.3 * Math.sin(index * 0.2) + 0.1 * Math.sin(index * 0.05);
  }
  const result = await session.run({ samples: runtime.tensor('float32', samples, [1, INPUT_SAMPLES]) });
  const mel = result['mel']?.data as Float32Array;
  await session.release();

  expect(mel).toHaveLength(FRAMES * bins);
  const decades = (frame: number, bin: number): number => Math.log10(Math.max(power(samples, frame, bin), 1e-10));
  let loudest = -Infinity;
  for (let frame = 0; frame < 100; frame++) {
    for (let bin = 0; bin < 20; bin++) loudest = Math.max(loudest, decades(frame, bin));
  }
  for (const frame of [0, 1, 50, 99, 1199]) {
    for (const bin of [0, 5, 13, 40, 79]) {
      const expected = (Math.max(decades(frame, bin), loudest - 8) + 4) / 4;
      expect(Math.abs((mel[frame * bins + bin] as number) - expected)).toBeLessThan(0.01);
    }
  }
});
