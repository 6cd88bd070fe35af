import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelFiles, ModelManifest } from '@voice-transcriber/backend-sdk';

/** The module that an inference host loads to get the fake backend. */
export const FAKE_BACKEND_MODULE_URL = new URL('./fake-backend.js', import.meta.url).href;

/**
 * Installs models for the fake backend into a directory that a model store can read, and returns them in the given order. Scripted faults keep their
 * counts beside them, so a test uses a directory of its own.
 */
export async function installFakeModels(directory: string, names: readonly string[] = ['fake']): Promise<ModelFiles[]> {
  await mkdir(directory, { recursive: true });
  const installed = await Promise.all(names.map((name) => writeModel(directory, name)));
  const models = installed.map(({ manifest, path: file }) => ({ ...manifest, file: path.basename(file) }));
  await writeFile(path.join(directory, 'manifest.json'), JSON.stringify({ models }, undefined, 2));
  return installed;
}

/** All that a file of this model may hold. */
export function fakeModelContent(name: string): Buffer {
  return Buffer.from(`scripted model ${name}\n`.repeat(64));
}

async function writeModel(directory: string, name: string): Promise<ModelFiles> {
  const content = fakeModelContent(name);
  const file = path.resolve(directory, `${name}.fake.bin`);
  await writeFile(file, content);
  const manifest: ModelManifest = {
    name,
    size: 'tiny',
    format: 'ggml',
    quantization: 'q8_0',
    languages: ['*'],
    fileBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    licence: 'MIT',
    origin: 'written by the test kit',
  };
  return { manifest, path: file };
}
