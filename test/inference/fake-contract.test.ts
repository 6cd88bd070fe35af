import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BACKEND_ERROR_CODES, SAMPLE_RATE_HZ } from '@voice-transcriber/backend-sdk';
import { FAKE_BACKEND_MODULE_URL, installFakeModels } from '@voice-transcriber/backend-testkit';
import {
  describeBackendContract,
  describeHostedBackendContract,
  type BackendContractOptions,
} from '@voice-transcriber/backend-testkit/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFakeHost, type FakeHost } from './with-fake-host.js';

const directory = mkdtempSync(path.join(os.tmpdir(), 'fake-contract-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(['fake', 'fake-batched', 'fake-concurrent'])('with the model %s', (name) => {
  const options: BackendContractOptions = {
    moduleUrl: FAKE_BACKEND_MODULE_URL,
    model: async () => {
      const [model] = await installFakeModels(path.join(directory, name), [name]);
      if (model === undefined) throw new Error('No model was installed.');
      return model;
    },
    speech: () => Promise.resolve(new Float32Array(10 * SAMPLE_RATE_HZ).fill(0.1)),
  };
  describeBackendContract('the scripted backend', options);
  describeHostedBackendContract('the scripted backend', options);
});

describe('errors cross the process border', () => {
  let fake: FakeHost;
  beforeAll(async () => {
    fake = await createFakeHost();
  });
  afterAll(() => fake.dispose());

  test.each(BACKEND_ERROR_CODES)('%s arrives with its message, advice and details', async (code) => {
    const outcome = fake.run({ windowCount: 1, script: `fake:error@code=${code}` });
    await expect(outcome).rejects.toMatchObject({
      name: 'BackendError',
      code,
      message: 'Scripted failure: a code of its own.',
      retry: 'never',
      details: { scripted: true },
    });
  });
});
