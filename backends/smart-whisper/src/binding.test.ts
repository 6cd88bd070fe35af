import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BackendError } from '@voice-transcriber/backend-sdk';
import { expect, test } from 'vitest';
import { checkBindingLoads, loadNativeModel, runNative } from './binding.js';

const MODEL_PATH = fileURLToPath(new URL('../../../models/ggml-base-q8_0.bin', import.meta.url));
/** More than the encoder has: whisper.cpp refuses it, which the binding gives out as if it were a result. */
const AUDIO_CONTEXT_TOO_LARGE = 5000;

function isBuilt(): boolean {
  try {
    checkBindingLoads();
    return existsSync(MODEL_PATH);
  } catch {
    return false;
  }
}

test.skipIf(!isBuilt())('a failed transcription is an error, though the binding resolves with it', async () => {
  const model = await loadNativeModel(MODEL_PATH, false);
  try {
    const parameters = { n_threads: 1, language: 'en', format: 'detail', audio_ctx: AUDIO_CONTEXT_TOO_LARGE };
    const failing = runNative(model, new Float32Array(32_000), parameters);
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ code: 'inference-failed', retry: 'elsewhere' });
  } finally {
    await model.free();
  }
});
