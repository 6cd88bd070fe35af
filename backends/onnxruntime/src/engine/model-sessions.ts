import type { Device } from '@voice-transcriber/backend-sdk';
import type { HyperParameters } from '../checkpoint/hyper-parameters.js';
import { readCheckpoint } from '../checkpoint/read-checkpoint.js';
import { readTokenEmbedding } from '../checkpoint/token-embedding.js';
import { HYPOTHESES_MAX } from '../decoding/decoding-options.js';
import { buildDecoderGraph } from '../graphs/decoder-graph.js';
import type { Arithmetic } from '../graphs/graph-context.js';
import { findAlignmentHeads } from '../timing/alignment-heads.js';
import { createModelVocabulary, type ModelVocabulary } from '../vocabulary/model-vocabulary.js';
import { createTokenRules } from '../vocabulary/token-rules.js';
import { DecoderSession } from './decoder-session.js';
import type { Runtime } from './runtime.js';
import { SlotMemory } from './slot-memory.js';
import { WindowEncoder } from './window-encoder.js';

/** A loaded model: its encoder, its decoder, its slots and its text side. */
export interface ModelSessions {
  readonly shape: HyperParameters;
  /** How many windows are decoded at once. */
  readonly slots: number;
  readonly vocabulary: ModelVocabulary;
  readonly tokenRules: readonly Float32Array[];
  readonly memory: SlotMemory;
  readonly decoder: DecoderSession;
  readonly encoder: WindowEncoder;
  /** Idempotent. */
  dispose(): Promise<void>;
}

export interface SessionOptions {
  readonly path: string;
  readonly modelName: string;
  readonly threads: number;
  readonly device: Device;
  readonly arithmetic: Arithmetic;
  /** How many slots a model of this shape gets. */
  readonly slotsFor: (shape: HyperParameters, arithmetic: Arithmetic) => number;
}

/**
 * Starts the encoder in a thread of its own, then the decoder here.
 *
 * One after the other, and the bytes of each graph are let go once its session has its own copy: the peak is then that of the larger half. The decoder gets
 * half of the threads: its steps read memory more than they calculate, and the encoder works beside it.
 */
export async function createModelSessions(runtime: Runtime, options: SessionOptions): Promise<ModelSessions> {
  const { path, modelName, threads, device, arithmetic, slotsFor } = options;
  const checkpoint = readCheckpoint(path);
  const disposals: (() => Promise<void>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const one of disposals.splice(0).reverse()) await one();
  };
  try {
    const shape = checkpoint.hyperParameters;
    const vocabulary = createModelVocabulary(checkpoint);
    const tokenRules = createTokenRules(shape, vocabulary.special, vocabulary.tokenizer);
    const alignmentHeads = findAlignmentHeads(shape, modelName);
    const encoder = await WindowEncoder.start({ path, threads, device, arithmetic }, shape);
    disposals.push(() => encoder.close());
    const decoderGraph = buildDecoderGraph(checkpoint, { arithmetic, alignmentHeads, tokenRules });
    const session = await runtime.createSession(decoderGraph, {
      threads: Math.max(1, Math.floor(threads / 2)),
      device,
      waitsActively: true,
    });
    disposals.push(() => session.release());
    const embedding = readTokenEmbedding(checkpoint);
    const slots = slotsFor(shape, arithmetic);
    const memory = new SlotMemory(runtime, shape, Math.max(slots, HYPOTHESES_MAX), arithmetic);
    const decoder = new DecoderSession({ session, runtime, shape, embedding, memory });
    return { shape, slots, vocabulary, tokenRules, memory, encoder, decoder, dispose };
  } catch (error) {
    await dispose();
    throw error;
  } finally {
    checkpoint.close();
  }
}
