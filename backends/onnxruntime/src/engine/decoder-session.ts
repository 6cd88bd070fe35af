import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { HyperParameters } from '../checkpoint/hyper-parameters.js';
import type { TokenEmbedding } from '../checkpoint/token-embedding.js';
import { FORBIDDEN, RULE_TEXT } from '../vocabulary/token-rules.js';
import type { Runtime } from './runtime.js';
import type { SlotMemory } from './slot-memory.js';

/** What one slot feeds in a step. */
export interface SlotInput {
  readonly token: number;
  readonly position: number;
  /** Row of the token rules. */
  readonly rule: number;
}

/** What a step gave one slot. */
export interface SlotOutput {
  /** The most probable allowed token and its log-probability. */
  readonly token: number;
  readonly logProbability: number;
  /** All logits, when they were asked for; valid until the next step. */
  readonly logits: Float32Array | undefined;
  /** Attention of the last fed token, [heads, alignmentFrames], 255 where it is strongest; valid until the next step. */
  readonly alignment: Uint8Array;
  readonly alignmentFrames: number;
}

const STEP_OUTPUTS = ['new_keys_values', 'token', 'log_probability', 'alignment'] as const;

/** Runs the decoder graph over the slots' memory. */
export class DecoderSession {
  readonly #session: InferenceSession;
  readonly #runtime: Runtime;
  readonly #shape: HyperParameters;
  readonly #embedding: TokenEmbedding;
  readonly #memory: SlotMemory;
  readonly #singleMask: Tensor;

  constructor(parts: {
    session: InferenceSession;
    runtime: Runtime;
    shape: HyperParameters;
    embedding: TokenEmbedding;
    memory: SlotMemory;
  }) {
    this.#session = parts.session;
    this.#runtime = parts.runtime;
    this.#shape = parts.shape;
    this.#embedding = parts.embedding;
    this.#memory = parts.memory;
    this.#singleMask = parts.runtime.tensor('float32', new Float32Array(1), [1, 1]);
  }

  /** One token for each of the first slots, in slot order. */
  async step(inputs: readonly SlotInput[], { wantLogits }: { wantLogits: boolean }): Promise<readonly SlotOutput[]> {
    const count = inputs.length;
    const { textState } = this.#shape;
    this.#memory.reservePosition(Math.max(...inputs.map((input) => input.position)), count);
    const positions = this.#memory.positions;
    const embedded = new Float32Array(count * textState);
    const mask = new Float32Array(count * positions);
    inputs.forEach(({ token, position }, slot) => {
      this.#embedding.write(token, position, embedded, slot * textState);
      mask.fill(FORBIDDEN, slot * positions + position, (slot + 1) * positions);
    });
    const outputs = await this.#run(
      {
        ...this.#memory.feeds(0, count),
        embedded: this.#runtime.tensor('float32', embedded, [count, 1, textState]),
        past_mask: this.#runtime.tensor('float32', mask, [count, 1, 1, positions]),
        causal_mask: this.#singleMask,
        rules: this.#runtime.tensor(
          'int64',
          BigInt64Array.from(inputs, ({ rule }) => BigInt(rule)),
          [count],
        ),
      },
      wantLogits,
    );
    const rowLength = outputs.keysValues.length / count;
    inputs.forEach(({ position }, slot) => this.#memory.store(slot, position, outputs.keysValues, slot * rowLength));
    return inputs.map((_, slot) => outputs.slot(slot, count));
  }

  /** Several tokens of one slot from position 0, as a prompt needs; the output is that of the last. */
  async prefill(slot: number, tokens: readonly number[]): Promise<SlotOutput> {
    const count = tokens.length;
    const { textState } = this.#shape;
    this.#memory.reservePosition(count - 1, slot + 1);
    const positions = this.#memory.positions;
    const embedded = new Float32Array(count * textState);
    tokens.forEach((token, position) => this.#embedding.write(token, position, embedded, position * textState));
    const causal = new Float32Array(count * count);
    for (let row = 0; row < count; row++) causal.fill(FORBIDDEN, row * count + row + 1, (row + 1) * count);
    const outputs = await this.#run(
      {
        ...this.#memory.feeds(slot, 1),
        embedded: this.#runtime.tensor('float32', embedded, [1, count, textState]),
        past_mask: this.#runtime.tensor('float32', new Float32Array(positions).fill(FORBIDDEN), [1, 1, 1, positions]),
        causal_mask: this.#runtime.tensor('float32', causal, [count, count]),
        rules: this.#runtime.tensor('int64', BigInt64Array.of(BigInt(RULE_TEXT)), [1]),
      },
      true,
    );
    const rowLength = outputs.keysValues.length / count;
    for (let position = 0; position < count; position++) {
      this.#memory.store(slot, position, outputs.keysValues, position * rowLength);
    }
    return outputs.last(count);
  }

  async #run(feeds: Record<string, Tensor>, wantLogits: boolean): Promise<StepOutputs> {
    const results = await this.#session.run(feeds, wantLogits ? [...STEP_OUTPUTS, 'logits'] : [...STEP_OUTPUTS]);
    return new StepOutputs(results, this.#shape, this.#memory.frames);
  }
}

/** Views on the tensors of one run. */
class StepOutputs {
  readonly keysValues: Float32Array;
  readonly #results: InferenceSession.ReturnType;
  readonly #shape: HyperParameters;

  readonly #frames: number;

  constructor(results: InferenceSession.ReturnType, shape: HyperParameters, frames: number) {
    this.#results = results;
    this.#shape = shape;
    this.#frames = frames;
    this.keysValues = this.#floats('new_keys_values');
  }

  slot(slot: number, count: number): SlotOutput {
    const alignment = this.#results['alignment']?.data as Uint8Array;
    const length = alignment.length / count;
    return this.#output(slot, alignment.subarray(slot * length, (slot + 1) * length));
  }

  /** The last of `count` positions of a single slot: its rows lie apart, one per head. */
  last(count: number): SlotOutput {
    const alignment = this.#results['alignment']?.data as Uint8Array;
    const frames = this.#frames;
    const heads = alignment.length / count / frames;
    const rows = new Uint8Array(heads * frames);
    for (let head = 0; head < heads; head++) {
      const start = (head * count + count - 1) * frames;
      rows.set(alignment.subarray(start, start + frames), head * frames);
    }
    return this.#output(0, rows);
  }

  #output(slot: number, alignment: Uint8Array): SlotOutput {
    const size = this.#shape.vocabularySize;
    const tokens = this.#results['token']?.data as BigInt64Array;
    return {
      token: Number(tokens[slot]),
      logProbability: this.#floats('log_probability')[slot] as number,
      logits:
        this.#results['logits'] === undefined
          ? undefined
          : this.#floats('logits').subarray(slot * size, (slot + 1) * size),
      alignment,
      alignmentFrames: this.#frames,
    };
  }

  #floats(name: string): Float32Array {
    return this.#results[name]?.data as Float32Array;
  }
}
