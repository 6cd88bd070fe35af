import { quantize } from '../checkpoint/quantize.js';
import { readCheckpoint } from '../checkpoint/read-checkpoint.js';
import type { TensorFormat } from '../checkpoint/tensor-format.js';
import { storedFormat } from './checkpoint-layout.js';
import { CheckpointWriter } from './checkpoint-writer.js';

/**
 * Writes a checkpoint in another format, tensor by tensor: memory holds the largest of them as floats.
 *
 * To f16 and f32 nothing is lost that is still there, so engines that read different formats can be compared on the same weights.
 */
export function convertCheckpoint(sourcePath: string, targetPath: string, format: TensorFormat): void {
  const source = readCheckpoint(sourcePath);
  try {
    const writer = new CheckpointWriter(targetPath, { ...source, format });
    try {
      for (const name of source.tensorNames) {
        const tensor = source.tensor(name);
        const stored = storedFormat(tensor, format);
        writer.beginTensor(name, stored, tensor.shape);
        writer.writeTensorBytes(
          stored === tensor.format ? source.readStored(name) : quantize(stored, source.readFloats(name)),
        );
      }
      writer.finish();
    } catch (error) {
      writer.abandon();
      throw error;
    }
  } finally {
    source.close();
  }
}
