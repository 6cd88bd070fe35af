import { copyFile, open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { upload } from '../api/requests.js';
import {
  deleteModel, directory, FILE, FILE_BYTES, NAME, readModel, stack, testWithFile, useModelStack, verify, vt,
} from './model-stack.js';

useModelStack(1);

testWithFile('a damaged model is found out and deleted; the default one is not, nor one that is not there', async () => {
  await copyFile(FILE, path.join(directory, `ggml-${NAME}.bin`));
  expect(await verify('base-q8_0')).toMatchObject({ intact: true, official: true });
  expect(await verify('large-v3')).toMatchObject({ code: 'model-missing' });
  expect(await deleteModel('base-q8_0')).toMatchObject({ code: 'model-in-use' });
  expect(await deleteModel('large-v3')).toMatchObject({ code: 'model-missing' });
  const installed = path.join(directory, `ggml-${NAME}.bin`);
  const handle = await open(installed, 'r+');
  await handle.write(Buffer.from([0x55, 0xaa, 0x55]), 0, 3, FILE_BYTES - 1000);
  await handle.close();
  expect(await verify(NAME)).toMatchObject({ intact: false, official: false, fileBytes: FILE_BYTES });
  expect(await deleteModel(NAME)).toEqual({ __typename: 'DeleteModelPayload', deletedName: NAME });
  expect(await readModel()).toMatchObject({ installed: false });
  expect(await readdir(directory)).toEqual([]);
});

testWithFile('a file is imported as what it is, and what is none is refused', async () => {
  const IMPORT = `mutation ($input: ImportModelInput!) { importModel(input: $input) {
    __typename ... on Error { code message } ... on ImportModelPayload { model { name official installed size languages quantization } } } }`;
  const send = async (file: Buffer, filename: string, input: Record<string, unknown> = {}) =>
    (await upload({ ...stack, apiUrl: stack.apiUrl }, { file, filename, document: IMPORT, input })).json.data?.importModel;
  const official = await readFile(FILE);

  expect(await send(Buffer.from('RIFF....WAVE'), 'ggml-talk.bin')).toMatchObject({ code: 'file-not-whisper' });
  expect(await send(official.subarray(0, 30_000_000), 'cut.bin')).toMatchObject({ code: 'file-truncated' });
  const changed = Buffer.from(official);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(await send(changed, `ggml-${NAME}.bin`)).toMatchObject({ code: 'name-reserved' });
  expect(await send(changed, 'x.bin', { name: '../x' })).toMatchObject({ code: 'name-invalid' });
  expect(await readdir(directory)).toEqual([]);

  expect(await send(changed, 'mine.bin')).toMatchObject({
    model: { name: 'mine', official: false, installed: true, size: 'tiny', languages: ['en'], quantization: 'q8_0' },
  });
  expect(await send(changed, 'mine.bin')).toMatchObject({ code: 'model-installed' });
  // Whatever the sender calls it.
  expect(await send(official, 'whatever.bin', { name: 'other' })).toMatchObject({ model: { name: NAME, official: true } });
  for (const name of ['mine', NAME]) expect(await deleteModel(name)).toMatchObject({ deletedName: name });
  expect(await readdir(directory)).toEqual([]);
});
testWithFile('the command line pulls with progress, verifies, imports beyond the limit of recordings, deletes', async () => {
  const pulled = await vt(['pull', NAME]);
  expect(pulled).toMatchObject({ code: 0, stdout: `${NAME} is installed (42 MiB, checksum verified).\n` });
  expect(pulled.stderr).toMatch(/% {2}/);
  expect((await vt(['verify', NAME])).stdout).toMatch(/^✓ tiny\.en-q8_0: the official file \(42 MiB in /);
  const listed = JSON.parse((await vt(['list', '--installed', '--json'])).stdout) as { name: string }[];
  expect(listed.map(({ name }) => name).sort()).toEqual(['base-q8_0', NAME]);
  expect((await vt(['list'])).stdout).toMatch(/^large-v3-turbo-q5_0 +547 MiB/m);
  expect(await vt(['delete', NAME])).toMatchObject({ code: 0, stdout: `${NAME} is deleted.\n` });
  expect(await vt(['delete', NAME])).toMatchObject({ code: 1, stdout: '' });

  const small = await stack.startApi({ MAX_FILE_SIZE: '30MB' });
  const IMPORT = 'mutation ($input: ImportModelInput!) { importModel(input: $input) { __typename } }';
  const refused = await upload({ apiUrl: small.ready.url, apiKey: stack.apiKey }, { file: await readFile(FILE), document: IMPORT });
  expect(refused.json.errors?.[0]?.extensions.code).toBe('file-too-large');
  expect(await vt(['import', FILE], small.ready.url)).toMatchObject({
    code: 0,
    stdout: `${NAME} is installed (42 MiB, the official file).\n`,
  });
  expect((await vt(['delete', NAME])).code).toBe(0);
  await small.stop();

  expect(await vt(['list'], 'http://127.0.0.1:1')).toMatchObject({ code: 3, stdout: '' });
});
