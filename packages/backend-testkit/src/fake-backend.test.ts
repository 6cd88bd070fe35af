import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SAMPLE_RATE_HZ } from '@voice-transcriber/backend-sdk';
import { afterAll } from 'vitest';
import { describeBackendContract } from './describe-backend-contract.js';
import fakeBackend from './fake-backend.js';
import { installFakeModels } from './fake-model.js';

const directory = mkdtempSync(path.join(os.tmpdir(), 'fake-backend-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describeBackendContract('the fake backend', {
  backend: fakeBackend,
  model: async () => {
    const [model] = await installFakeModels(directory);
    if (model === undefined) throw new Error('No model was installed.');
    return model;
  },
  speech: () => Promise.resolve(new Float32Array(6 * SAMPLE_RATE_HZ).fill(0.1)),
});
