// Writes checkpoints for tests and measurements:
//   node dist/tools/checkpoint-command.js random NAME FORMAT FILE VOCABULARY   a model of the shape of NAME with random weights
//   node dist/tools/checkpoint-command.js convert SOURCE FORMAT FILE           the same weights in another format
// NAME: tiny, tiny.en … large-v3-turbo. FORMAT: f32, f16, q8_0, q5_0, q5_1, q4_0, q4_1. VOCABULARY: any real checkpoint.
import { TENSOR_FORMATS, type TensorFormat } from '../checkpoint/tensor-format.js';
import { CHECKPOINT_NAMES, findHyperParameters, type CheckpointName } from './checkpoint-layout.js';
import { convertCheckpoint } from './convert-checkpoint.js';
import { writeRandomCheckpoint } from './write-random-checkpoint.js';

const USAGE = `usage: checkpoint-command.js random NAME FORMAT FILE VOCABULARY
       checkpoint-command.js convert SOURCE FORMAT FILE
NAME: ${CHECKPOINT_NAMES.join(', ')}
FORMAT: ${TENSOR_FORMATS.join(', ')}
`;

function run([command, subject = '', format = '', path = '', vocabularyPath = '']: readonly string[]): boolean {
  if (!isFormat(format) || path === '') return false;
  if (command === 'convert') {
    convertCheckpoint(subject, path, format);
    return true;
  }
  if (command !== 'random' || !isName(subject) || vocabularyPath === '') return false;
  writeRandomCheckpoint(path, { hyperParameters: findHyperParameters(subject), format, vocabularyPath });
  return true;
}

function isFormat(value: string): value is TensorFormat {
  return (TENSOR_FORMATS as readonly string[]).includes(value);
}

function isName(value: string): value is CheckpointName {
  return (CHECKPOINT_NAMES as readonly string[]).includes(value);
}

if (!run(process.argv.slice(2))) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
}
