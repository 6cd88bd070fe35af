import type { Checkpoint } from './read-checkpoint.js';
import { dequantize } from './dequantize.js';

/**
 * Looks up what the decoder takes for a token at a position.
 *
 * The table stays as the checkpoint stores it, so that a quantised one takes a quarter of the memory; a row is turned into floats when it is needed,
 * which is one row per token and slot.
 */
export interface TokenEmbedding {
  /** Writes token plus position embedding, `state` floats, to `output` from `offset`. */
  write(token: number, position: number, output: Float32Array, offset: number): void;
}

export function readTokenEmbedding(checkpoint: Checkpoint): TokenEmbedding {
  const name = 'decoder.token_embedding.weight';
  const state = checkpoint.hyperParameters.textState;
  const { format, sizeBytes, length } = checkpoint.tensor(name);
  const table = checkpoint.readStored(name);
  const rowBytes = (sizeBytes / length) * state;
  const positions = checkpoint.readFloats('decoder.positional_embedding');
  return {
    write(token, position, output, offset) {
      const row = output.subarray(offset, offset + state);
      dequantize(format, table.subarray(token * rowBytes, (token + 1) * rowBytes), row);
      for (let index = 0; index < state; index++) {
        row[index] = (row[index] as number) + (positions[position * state + index] as number);
      }
    },
  };
}
