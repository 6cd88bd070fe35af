import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeBackendContract, describeHostedBackendContract } from '@voice-transcriber/backend-testkit/contract';
import { afterAll } from 'vitest';
import { installProfile } from '../install-profile.js';

const directory = mkdtempSync(join(tmpdir(), 'energy-words-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const options = {
  moduleUrl: import.meta.resolve('@voice-transcriber/backend-energy-words'),
  model: () => installProfile(directory),
};

describeBackendContract('energy-words', options);
describeHostedBackendContract('energy-words', options);
