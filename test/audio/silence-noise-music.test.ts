import { afterAll, beforeAll, expect, test } from 'vitest';
import * as generate from '../fixtures/generate-audio.js';
import { createWorkbench, fixture, type Workbench } from './workbench.js';

let bench: Workbench;

beforeAll(async () => {
  bench = await createWorkbench();
});

afterAll(async () => {
  await bench.dispose();
});

const SOUNDS: Readonly<Record<string, () => Float32Array>> = {
  silence: () => generate.silence(60),
  'faint noise': () => generate.whiteNoise(60, 0.001),
  'white noise': () => generate.whiteNoise(60, 0.3),
  'pink noise': () => generate.pinkNoise(60, 0.3),
  'brown noise': () => generate.brownNoise(60, 0.6),
  chords: () => generate.chordMusic(60, 0.3),
  'loud chords': () => generate.chordMusic(60, 0.8),
  drums: () => generate.drumBeat(60),
  'chords and drums': () => generate.mix(generate.chordMusic(60, 0.2), generate.drumBeat(60, 0.3)),
  'a tone': () => generate.sine(60, 440),
};

test.each(Object.keys(SOUNDS))('60 s of %s hold no speech, so nothing is transcribed', async (name) => {
  const path = bench.path('sound.wav');
  await generate.writeWav(path, SOUNDS[name]?.() ?? new Float32Array(0));
  const prepared = await bench.prepare(path);
  expect(prepared).toMatchObject({ audioSeconds: 60, speechSeconds: 0, plan: { chunks: [] } });
});

test('speech is found behind a minute of silence and between noise', async () => {
  const noise = bench.path('noise.wav');
  await generate.writeWav(noise, generate.concatenate(generate.silence(60), generate.pinkNoise(10, 0.02)));
  const path = await bench.make(
    'late.wav',
    '-i',
    noise,
    '-i',
    fixture('jfk.flac'),
    '-filter_complex',
    '[1:a]aresample=16000,pan=mono|c0=c0[s];[0:a][s]concat=n=2:v=0:a=1',
  );
  const { plan, audioSeconds } = await bench.prepare(path);
  expect(audioSeconds).toBeCloseTo(81, 1);
  const windows = plan.chunks.flatMap((chunk) => chunk.windows);
  expect(windows).toHaveLength(1);
  // Speech begins at 70.3 s; up to two seconds before the first of it are kept.
  expect(windows[0]?.startSeconds).toBeGreaterThan(68);
  expect(windows[0]?.endSeconds).toBeGreaterThan(80);
});

test('a quiet voice behind a loud one is heard', async () => {
  const noise = bench.path('faint.wav');
  await generate.writeWav(noise, generate.whiteNoise(2, 0.0005));
  const inputs = [fixture('lj-001-0002.flac'), noise, fixture('fleurs-de-004.ogg')].flatMap((input) => ['-i', input]);
  const mono = 'aresample=16000,pan=mono|c0=c0';
  const path = await bench.make(
    'quiet.wav',
    ...inputs,
    '-filter_complex',
    `[0:a]${mono},volume=6dB[loud];[2:a]${mono},volume=-45dB[quiet];[loud][1:a][quiet]concat=n=3:v=0:a=1`,
  );
  const { plan } = await bench.prepare(path);
  const windows = plan.chunks.flatMap((chunk) => chunk.windows);
  // The quiet voice speaks from 5 s on; alone the first pass of the model ends its speech at 2 s.
  expect(windows.at(-1)?.endSeconds).toBeGreaterThan(10);
});

test('without voice activity detection the whole recording is planned, silence too', async () => {
  const path = bench.path('silence.wav');
  await generate.writeWav(path, generate.silence(60));
  const { plan, speechSeconds } = await bench.prepare(path, { voiceActivity: false, chunkSeconds: 30 });
  expect(speechSeconds).toBe(60);
  expect(plan.chunks.map((chunk) => chunk.windows.length)).toEqual(plan.chunks.map(() => 1));
  expect(plan.chunks[0]?.startSeconds).toBe(0);
  expect(plan.chunks.at(-1)?.endSeconds).toBe(60);
});
