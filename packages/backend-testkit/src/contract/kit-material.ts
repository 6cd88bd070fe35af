import { readFile } from 'node:fs/promises';
import type { ModelFiles } from '@voice-transcriber/backend-sdk';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';

const EMBEDDED_MODEL = 'base-q8_0';
const WAV_HEADER_BYTES = 44;

/** The model that comes with the product. */
export function embeddedModel(): Promise<ModelFiles> {
  return createModelStore({ directories: [EMBEDDED_MODELS_DIRECTORY] }).require(EMBEDDED_MODEL);
}

/** 30 s of read English (LJ Speech, Linda Johnson for LibriVox; public domain), as 16 kHz mono samples in -1..1. */
export async function readSpeech(): Promise<Float32Array> {
  const content = await readFile(new URL('../../audio/speech.wav', import.meta.url));
  return Float32Array.from(
    { length: (content.length - WAV_HEADER_BYTES) / 2 },
    (_, position) => content.readInt16LE(WAV_HEADER_BYTES + 2 * position) / 32_768,
  );
}
