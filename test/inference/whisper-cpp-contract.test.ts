import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import backend from '@voice-transcriber/backend-whisper-cpp';
import { describeBackendContract } from '@voice-transcriber/backend-testkit/contract';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { test } from 'vitest';
import { fixturePath, MODEL, readClipSamples } from './transcribe-clip.js';

const report = await backend.probe();

if (report.status === 'available') {
  describeBackendContract('whisper-cpp', {
    backend,
    model: () => createModelStore({ directories: [EMBEDDED_MODELS_DIRECTORY] }).require(MODEL),
    speech: async () => {
      const directory = await mkdtemp(path.join(os.tmpdir(), 'whisper-cpp-contract-'));
      try {
        return await readClipSamples(fixturePath('jfk.flac'), directory);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  });
} else {
  test.skip(`whisper-cpp keeps the backend contract (${report.reason} ${report.fix})`);
}
