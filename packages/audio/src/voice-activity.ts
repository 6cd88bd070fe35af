import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as ort from 'onnxruntime-node';
import { AudioError } from './audio-error.js';
import { FRAME_SAMPLES } from './speech-spans.js';

/** The Silero VAD that this code knows the inputs of: models/manifest.json. */
const MODEL_SHA256 = '9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85';
/** Samples of the frame before that the model wants to see again. */
const CONTEXT_SAMPLES = 64;
const INPUT_SAMPLES = CONTEXT_SAMPLES + FRAME_SAMPLES;
const STATE_SIZE = 128;
/** 16 s at once: long enough to keep the processor busy, short enough to notice an abort between two. */
const BLOCK_FRAMES = 512;

/** Follows one stream of sound. */
export interface VoiceListener {
  /** Takes 16 kHz samples in -1..1 as they come; hands on the speech probability of each frame of 512, in order. */
  push(samples: Float32Array, onProbability: (probability: number) => void): Promise<void>;
  /** Judges what is left, filled up with silence. To be called once, at the end. */
  finish(onProbability: (probability: number) => void): Promise<void>;
}

export interface VoiceActivityModel {
  /** A listener that has heard nothing yet. Listeners of one model are independent; their calls may not overlap. */
  createListener(): VoiceListener;
  dispose(): Promise<void>;
}

/** Loads the model after checking its sha256. Loads native code: for the prepare process alone, and there for a thread of its own. */
export async function loadVoiceActivityModel(modelPath: string): Promise<VoiceActivityModel> {
  const session = await ort.InferenceSession.create(await readCheckedModel(modelPath), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  });
  return { createListener: () => createListener(session), dispose: async () => session.release() };
}

/**
 * The recurrent state and the last samples are carried from block to block, so the result does not depend on how the samples were cut and the memory does not
 * depend on their number.
 */
function createListener(session: ort.InferenceSession): VoiceListener {
  const block = new Float32Array(BLOCK_FRAMES * INPUT_SAMPLES);
  let filledSamples = 0;
  let hidden: ort.Tensor = new ort.Tensor('float32', new Float32Array(STATE_SIZE), [1, 1, STATE_SIZE]);
  let cell: ort.Tensor = new ort.Tensor('float32', new Float32Array(STATE_SIZE), [1, 1, STATE_SIZE]);

  const runBlock = async (onProbability: (probability: number) => void): Promise<void> => {
    const frames = Math.ceil(filledSamples / FRAME_SAMPLES);
    for (let index = 1; index < frames; index += 1) {
      block.copyWithin(index * INPUT_SAMPLES, index * INPUT_SAMPLES - CONTEXT_SAMPLES, index * INPUT_SAMPLES);
    }
    const input = new ort.Tensor('float32', block.subarray(0, frames * INPUT_SAMPLES), [frames, INPUT_SAMPLES]);
    const results = await session.run({ input, h: hidden, c: cell });
    hidden = requireTensor(results, 'hn');
    cell = requireTensor(results, 'cn');
    for (const probability of requireTensor(results, 'speech_probs').data as Float32Array) onProbability(probability);
    const end = frames * INPUT_SAMPLES;
    block.copyWithin(0, end - CONTEXT_SAMPLES, end);
    filledSamples = 0;
  };

  return {
    push: async (samples, onProbability) => {
      let offset = 0;
      while (offset < samples.length) {
        const frame = Math.floor(filledSamples / FRAME_SAMPLES);
        const filledInFrame = filledSamples % FRAME_SAMPLES;
        const count = Math.min(FRAME_SAMPLES - filledInFrame, samples.length - offset);
        block.set(samples.subarray(offset, offset + count), frame * INPUT_SAMPLES + CONTEXT_SAMPLES + filledInFrame);
        filledSamples += count;
        offset += count;
        if (filledSamples === BLOCK_FRAMES * FRAME_SAMPLES) await runBlock(onProbability);
      }
    },
    finish: async (onProbability) => {
      if (filledSamples === 0) return;
      const frame = Math.floor((filledSamples - 1) / FRAME_SAMPLES);
      const filledInFrame = filledSamples - frame * FRAME_SAMPLES;
      block.fill(0, frame * INPUT_SAMPLES + CONTEXT_SAMPLES + filledInFrame, (frame + 1) * INPUT_SAMPLES);
      await runBlock(onProbability);
    },
  };
}

async function readCheckedModel(modelPath: string): Promise<Uint8Array> {
  const bytes = await readFile(modelPath).catch((error: unknown) => {
    throw new AudioError(
      'tools-missing',
      `The voice activity model is missing at ${modelPath}. Restore the models folder.`,
      { cause: error },
    );
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 === MODEL_SHA256) return bytes;
  throw new AudioError(
    'tools-missing',
    `The voice activity model at ${modelPath} is damaged. Restore the models folder.`,
    {
      details: { sha256, expectedSha256: MODEL_SHA256 },
    },
  );
}

function requireTensor(results: ort.InferenceSession.OnnxValueMapType, name: string): ort.Tensor {
  const tensor = results[name];
  if (tensor instanceof ort.Tensor) return tensor;
  throw new AudioError('prepare-failed', `The voice activity model gave no "${name}".`);
}
