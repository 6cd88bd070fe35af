import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HERE = fileURLToPath(new URL('./', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const CHECKPOINT_COMMAND = path.join(REPOSITORY, 'backends/onnxruntime/dist/tools/checkpoint-command.js');
const BUILT_WHISPER_CLI = path.join(
  REPOSITORY,
  'node_modules/.cache/voice-transcriber/whisper-cpp/current/whisper-cli',
);

/**
 * Who runs, in the order of their turns. `isCompared`: the targets compare us with it, so it is measured as often as we are; the others once.
 * `isContender` as in driver-process.mjs; `missing` says what to install or set; `model` turns a checkpoint into what the contender loads.
 */
export function listContenders({ modelsDirectory, workDirectory, threads, environment }) {
  const {
    PEERS_PYTHON: python,
    PEERS_NODE_MODULES: nodeModules,
    TRANSFORMERS_JS_MODEL_DIR: transformersModels,
    WHISPER_CLI_PATH: whisperCli = BUILT_WHISPER_CLI,
    ...inherited
  } = environment;
  const node = (file, ...programArguments) => ({
    program: process.execPath,
    programArguments: [path.join(HERE, file), ...programArguments.map(String)],
    env: inherited,
  });
  const pythonEnvironment = { ...inherited };
  // Meant for old builds of a library of linear algebra; they slow down the present one.
  for (const name of ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE']) delete pythonEnvironment[name];
  const fasterWhisper = (batch) => ({
    program: python,
    programArguments: [path.join(HERE, 'drive_faster_whisper.py'), String(threads), String(batch)],
    env: pythonEnvironment,
    isContender: true,
    missing: () =>
      python === undefined &&
      'set PEERS_PYTHON to a Python that has it: python3 -m venv DIR; DIR/bin/pip install faster-whisper==1.2.1 ctranslate2==4.8.5',
    model: (checkpoint) => convertForFasterWhisper({ python, checkpoint, workDirectory, env: pythonEnvironment }),
  });
  return [
    {
      key: 'product',
      label: 'Voice Transcriber, upload to transcript',
      isOurs: true,
      isCompared: true,
      isContender: false,
      ...node('drive-product.mjs', modelsDirectory, threads),
      missing: () => false,
      model: ({ name }) => name,
    },
    {
      key: 'engine',
      label: 'Voice Transcriber, engine alone',
      isOurs: true,
      isCompared: true,
      isContender: true,
      ...node('drive-engine.mjs', modelsDirectory, threads),
      missing: () => false,
      model: ({ name }) => name,
    },
    {
      key: 'whisper-cpp',
      label: 'whisper.cpp, command line, f16',
      isCompared: true,
      isContender: false,
      ...node('drive-whisper-cpp.mjs', whisperCli, threads),
      missing: () => !existsSync(whisperCli) && 'npm run build:whisper-cpp, or set WHISPER_CLI_PATH',
      model: (checkpoint) => convertToHalfPrecision({ checkpoint, workDirectory }),
    },
    {
      key: 'faster-whisper-batched',
      label: 'faster-whisper, batches of 8, int8',
      isCompared: true,
      ...fasterWhisper(8),
    },
    { key: 'faster-whisper', label: 'faster-whisper, sequential, int8', isCompared: false, ...fasterWhisper(0) },
    {
      key: 'transformers-js',
      label: 'transformers.js, q8',
      isCompared: false,
      isContender: true,
      ...node('drive-transformers-js.mjs', nodeModules, threads),
      missing: ({ name }) => {
        if (nodeModules === undefined || transformersModels === undefined) {
          return 'set PEERS_NODE_MODULES (npm install @huggingface/transformers@4.3.1) and TRANSFORMERS_JS_MODEL_DIR (made by test/peers/ggml_to_transformers_js.py)';
        }
        const directory = path.join(transformersModels, name);
        return !existsSync(directory) && `${name} is not in TRANSFORMERS_JS_MODEL_DIR`;
      },
      model: ({ name }) => path.join(transformersModels, name),
    },
  ];
}

/** whisper.cpp is as fast or faster with half-precision weights, and its answers are as good or better. */
async function convertToHalfPrecision({ checkpoint, workDirectory }) {
  const target = path.join(workDirectory, `ggml-${checkpoint.name}-as-f16.bin`);
  if (!existsSync(target)) await run(process.execPath, [CHECKPOINT_COMMAND, 'convert', checkpoint.path, 'f16', target]);
  return target;
}

async function convertForFasterWhisper({ python, checkpoint, workDirectory, env }) {
  const target = path.join(workDirectory, 'ctranslate2', checkpoint.name);
  if (existsSync(path.join(target, 'model.bin'))) return target;
  await mkdir(target, { recursive: true });
  await run(python, [path.join(HERE, 'ggml_to_ctranslate2.py'), checkpoint.path, target], { env });
  return target;
}
