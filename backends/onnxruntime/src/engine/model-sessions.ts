import type { InferenceSession } from 'onnxruntime-node';
import type { HyperParameters } from '../checkpoint/hyper-parameters.js';
import { readCheckpoint } from '../checkpoint/read-checkpoint.js';
import { readTokenEmbedding } from '../checkpoint/token-embedding.js';
import { HYPOTHESES_MAX } from '../decoding/decoding-options.js';
import { buildDecoderGraph } from '../graphs/decoder-graph.js';
import { buildEncoderGraph } from '../graphs/encoder-graph.js';
import type { Arithmetic } from '../graphs/graph-context.js';
import { findAlignmentHeads } from '../timing/alignment-heads.js';
import { createModelVocabulary, type ModelVocabulary } from '../vocabulary/model-vocabulary.js';
import { createTokenRules } from '../vocabulary/token-rules.js';
import { DecoderSession } from './decoder-session.js';
import { encodedFrames, padSamples } from './encoder-input.js';
import type { Runtime } from './runtime.js';
import { SlotMemory } from './slot-memory.js';

/** A loaded model: its two sessions, its slots and its text side. */
export interface ModelSessions {
  readonly shape: HyperParameters;
  /** How many windows are decoded at once. */
  readonly slots: number;
  readonly vocabulary: ModelVocabulary;
  readonly tokenRules: readonly Float32Array[];
  readonly memory: SlotMemory;
  readonly decoder: DecoderSession;
  /** Encodes samples (16 kHz, at most 30 s) into a slot. */
  encode(samples: Float32Array, slot: number): Promise<void>;
  /** Idempotent. */
  dispose(): Promise<void>;
}

export interface SessionOptions {
  readonly path: string;
  readonly modelName: string;
  readonly threads: number;
  readonly cudaDevice: number | undefined;
  readonly arithmetic: Arithmetic;
  /** How many slots a model of this shape gets. */
  readonly slotsFor: (shape: HyperParameters, arithmetic: Arithmetic) => number;
}

/**
 * Builds both graphs from the checkpoint and starts their sessions.
 *
 * One after the other, and the bytes of each are let go once its session has its own copy: the peak is then that of the larger half.
 */
export async function createModelSessions(runtime: Runtime, options: SessionOptions): Promise<ModelSessions> {
  const { path, modelName, threads, cudaDevice, arithmetic, slotsFor } = options;
  const checkpoint = readCheckpoint(path);
  const sessions: InferenceSession[] = [];
  try {
    const shape = checkpoint.hyperParameters;
    const vocabulary = createModelVocabulary(checkpoint);
    const tokenRules = createTokenRules(shape, vocabulary.special, vocabulary.tokenizer);
    const alignmentHeads = findAlignmentHeads(shape, modelName);
    const encoder = await runtime.createSession(buildEncoderGraph(checkpoint, arithmetic), { threads, cudaDevice });
    sessions.push(encoder);
    const decoderGraph = buildDecoderGraph(checkpoint, { arithmetic, alignmentHeads, tokenRules });
    const session = await runtime.createSession(decoderGraph, { threads, cudaDevice });
    sessions.push(session);
    const embedding = readTokenEmbedding(checkpoint);
    const slots = slotsFor(shape, arithmetic);
    const memory = new SlotMemory(runtime, shape, Math.max(slots, HYPOTHESES_MAX), arithmetic);
    return {
      shape,
      slots,
      vocabulary,
      tokenRules,
      memory,
      decoder: new DecoderSession({ session, runtime, shape, embedding, memory }),
      async encode(samples, slot) {
        // Floats are what whisper.cpp is compared with, which always encodes the whole context.
        const frames = arithmetic === 'float' ? shape.audioContext : encodedFrames(samples.length);
        memory.reserveFrames(frames, slot);
        const padded = padSamples(samples, frames);
        const feeds = { samples: runtime.tensor('float32', padded, [1, padded.length]) };
        await encoder.run(feeds, memory.encoderOutputs(slot, frames));
        memory.settle(slot, frames);
      },
      dispose: () => release(sessions),
    };
  } catch (error) {
    await release(sessions);
    throw error;
  } finally {
    checkpoint.close();
  }
}

async function release(sessions: InferenceSession[]): Promise<void> {
  for (const session of sessions.splice(0)) await session.release();
}
