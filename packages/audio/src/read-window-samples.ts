import { AudioError } from './audio-error.js';
import type { Span } from './span.js';

const SAMPLE_RATE_HZ = 16_000;
const SAMPLE_BYTES = 2;

/** Reads a stretch of the work file: `storage.read` bound to its key. */
export type ReadWorkFile = (range: { startByte: number; lengthBytes: number }) => Promise<Uint8Array>;

/** The samples of a window, in -1..1, from the work file that prepareAudio wrote. Throws `prepare-failed` when the file ends before the window begins. */
export async function readWindowSamples(storageRead: ReadWorkFile, window: Span): Promise<Float32Array> {
  const startSample = Math.round(window.startSeconds * SAMPLE_RATE_HZ);
  const endSample = Math.round(window.endSeconds * SAMPLE_RATE_HZ);
  const bytes = await storageRead({
    startByte: startSample * SAMPLE_BYTES,
    lengthBytes: (endSample - startSample) * SAMPLE_BYTES,
  });
  const samples = decodeSamples(bytes);
  if (samples.length === 0) {
    throw new AudioError(
      'prepare-failed',
      'The prepared audio ends before this window. Start the transcription again.',
      {
        details: { startSeconds: window.startSeconds, endSeconds: window.endSeconds },
      },
    );
  }
  return samples;
}

/** 16-bit little-endian to -1..1; an odd last byte is left out. */
export function decodeSamples(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(Math.floor(bytes.byteLength / SAMPLE_BYTES));
  for (let index = 0; index < samples.length; index += 1)
    samples[index] = view.getInt16(index * SAMPLE_BYTES, true) / 32_768;
  return samples;
}
