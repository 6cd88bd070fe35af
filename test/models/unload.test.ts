import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import { startStack, waitFor } from '@voice-transcriber/testkit';
import { expect, test } from 'vitest';
import { query, upload, wavFile } from '../api/requests.js';

test('a model that a job loaded is shown where it is loaded, and is dropped from memory on demand', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'vt-unload-'));
  await installFakeModels(directory, ['fake']);
  const stack = await startStack({
    env: {
      MODELS_DIR: directory,
      DEFAULT_MODEL: 'fake',
      AUDIO_OPTIMIZATION: 'False',
      VT_EXTRA_BACKENDS: `fake=${FAKE_BACKEND_MODULE_URL}`,
    },
  });
  try {
    const loadedOn = async (): Promise<{ backend: string; worker: { pid: number } }[]> => {
      const { json } = await query(stack, '{ models { name loadedOn { backend worker { pid } } } }');
      return json.data.models.find(({ name }: { name: string }) => name === 'fake').loadedOn;
    };
    expect(await loadedOn()).toEqual([]);
    await upload(stack, { file: wavFile(1) });
    await waitFor(async () => (await loadedOn()).length === 1, { timeoutMilliseconds: 30_000, what: 'a loaded model' });
    expect(await loadedOn()).toEqual([{ backend: 'fake', worker: { pid: stack.workers[0]?.pid } }]);
    const unload = async (): Promise<{ __typename: string; code?: string }> => {
      const { json } = await query(
        stack,
        'mutation { unloadModel(input: { name: "fake" }) { __typename ... on Error { code } } }',
      );
      return json.data.unloadModel;
    };
    // As long as its job runs it is refused.
    await waitFor(async () => (await unload()).__typename === 'UnloadModelPayload', {
      timeoutMilliseconds: 10_000,
      what: 'an idle model',
    });
    await waitFor(async () => (await loadedOn()).length === 0, { timeoutMilliseconds: 10_000, what: 'a free memory' });
  } finally {
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
});
