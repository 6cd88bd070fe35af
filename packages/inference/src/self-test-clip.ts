import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EMBEDDED_MODELS_DIRECTORY } from './model-store.js';

/** A recording whose text is known. */
export interface SelfTestClip {
  /** 16 kHz mono in -1..1. */
  readonly samples: Float32Array;
  /** Words that any checkpoint hears in it. */
  readonly phrase: string;
}

const FILE = 'self-test-16k.wav';
const PHRASE = 'ask not what your country can do for you ask what you can do for your country';
const FULL_SCALE = 32_768;

/** Reads the bundled clip: 16-bit PCM, so that no tool is needed to decode it. */
export async function readSelfTestClip(): Promise<SelfTestClip> {
  const file = await readFile(path.join(EMBEDDED_MODELS_DIRECTORY, FILE));
  const dataAt = file.indexOf('data', 12, 'latin1') + 8;
  if (dataAt < 8) throw new Error(`${FILE} is no WAVE file. Restore it from the repository.`);
  const samples = new Float32Array(Math.floor((file.length - dataAt) / 2));
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = file.readInt16LE(dataAt + 2 * index) / FULL_SCALE;
  }
  return { samples, phrase: PHRASE };
}
