import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelFiles, ModelManifest } from '@voice-transcriber/backend-sdk';

const NAME = 'energy-words';
const PROFILE = {
  thresholdAmplitude: 0.01,
  pauseSeconds: 0.15,
  words: [
    { secondsMax: 0.2, text: 'tick' },
    { secondsMax: 0.6, text: 'beat' },
    { secondsMax: 1.2, text: 'tone' },
    { secondsMax: 60, text: 'drone' },
  ],
};

/** Writes the model of the example backend into a directory that a model store reads. */
export async function installProfile(directory: string): Promise<ModelFiles> {
  await mkdir(directory, { recursive: true });
  const content = JSON.stringify(PROFILE);
  const file = `${NAME}.json`;
  const manifest: ModelManifest = {
    name: NAME,
    size: 'tiny',
    format: 'ggml',
    quantization: 'none',
    languages: ['*'],
    fileBytes: Buffer.byteLength(content),
    sha256: createHash('sha256').update(content).digest('hex'),
    licence: 'MIT',
    origin: 'written by the tests',
  };
  await writeFile(path.join(directory, file), content);
  await writeFile(path.join(directory, 'manifest.json'), JSON.stringify({ models: [{ ...manifest, file }] }));
  return { manifest, path: path.resolve(directory, file) };
}
