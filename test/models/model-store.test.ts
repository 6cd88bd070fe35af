import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { createModelStore, EMBEDDED_MODELS_DIRECTORY, MODEL_CATALOGUE } from '@voice-transcriber/inference';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'model-store-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function install(content: string, sha256 = createHash('sha256').update(content).digest('hex')): Promise<void> {
  const entry = {
    name: 'mine',
    file: 'mine.bin',
    size: 'tiny',
    languages: ['en'],
    quantization: 'f16',
    fileBytes: content.length,
    sha256,
    licence: 'MIT',
    origin: 'a test',
  };
  await writeFile(path.join(directory, 'mine.bin'), content);
  await writeFile(path.join(directory, 'manifest.json'), JSON.stringify({ models: [entry] }));
}

test('a model is handed out once its checksum has been checked', async () => {
  await install('weights');
  const store = createModelStore({ directories: [directory] });
  expect((await store.list()).map(({ manifest }) => manifest.name)).toEqual(['mine']);
  expect(await store.require('mine')).toMatchObject({ path: path.join(directory, 'mine.bin') });
});

test('a file that differs from its checksum or its length is refused, also when it changes later', async () => {
  await install('weights', 'ab'.repeat(32));
  const store = createModelStore({ directories: [directory] });
  await expect(store.require('mine')).rejects.toMatchObject({ code: 'model-corrupt' });
  await install('weights');
  await expect(store.require('mine')).resolves.toBeDefined();
  await writeFile(path.join(directory, 'mine.bin'), 'torn');
  await expect(store.require('mine')).rejects.toMatchObject({ code: 'model-corrupt' });
});

test('an official file without a manifest is known by its name and checked against the catalogue', async () => {
  await writeFile(path.join(directory, 'ggml-tiny-q5_1.bin'), 'not the real one');
  const store = createModelStore({ directories: [directory] });
  expect((await store.find('tiny-q5_1'))?.manifest.size).toBe('tiny');
  await expect(store.require('tiny-q5_1')).rejects.toMatchObject({ code: 'model-corrupt' });
});

test('a model that is not there is a typed error, and so is a manifest that makes no sense', async () => {
  const store = createModelStore({ directories: [directory, path.join(directory, 'absent')] });
  await expect(store.require('base')).rejects.toMatchObject({ code: 'model-missing' });
  await writeFile(path.join(directory, 'manifest.json'), '{"models":[{"name":"x","file":"../x.bin"}]}');
  await expect(store.list()).rejects.toMatchObject({ code: 'model-corrupt' });
});

test('the embedded model is in the catalogue and passes its checksum', async () => {
  const store = createModelStore({ directories: [EMBEDDED_MODELS_DIRECTORY] });
  const { manifest } = await store.require('base-q8_0');
  expect(MODEL_CATALOGUE.find(({ name }) => name === 'base-q8_0')?.sha256).toBe(manifest.sha256);
});
