import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import backend from '@voice-transcriber/backend-onnxruntime';
import { describeBackendContract } from '@voice-transcriber/backend-testkit/contract';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { fixturePath, MODEL, readClipSamples } from './transcribe-clip.js';

describeBackendContract('onnxruntime', {
  backend,
  model: () => createModelStore({ directories: [EMBEDDED_MODELS_DIRECTORY] }).require(MODEL),
  speech: async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'onnxruntime-contract-'));
    try {
      return await readClipSamples(fixturePath('jfk.flac'), directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
});
