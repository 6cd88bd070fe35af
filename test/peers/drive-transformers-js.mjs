// transformers.js as a driver (see driver-process.mjs): node drive-transformers-js.mjs NODE_MODULES THREADS
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { findAudioTools } from '@voice-transcriber/audio';
import { serveOrders } from './serve-orders.mjs';

const SAMPLES_BYTES_MAX = 2 ** 30;
const [nodeModules = '', threads = ''] = process.argv.slice(2);
const packageDirectory = path.join(nodeModules, '@huggingface', 'transformers');
const manifest = JSON.parse(readFileSync(path.join(packageDirectory, 'package.json'), 'utf8'));
const entry = manifest.exports.node?.import?.default ?? manifest.exports.node?.import ?? manifest.module;
const { env, pipeline } = await import(pathToFileURL(path.join(packageDirectory, entry)).href);
env.allowRemoteModels = false;
const { ffmpegPath } = await findAudioTools();
let recognize;

await serveOrders(`transformers.js ${manifest.version}`, {
  async load({ model }, signal) {
    // The library cannot be stopped.
    signal.addEventListener('abort', () => process.exit(), { once: true });
    env.localModelPath = `${path.dirname(model)}/`;
    recognize = await pipeline('automatic-speech-recognition', path.basename(model), {
      dtype: 'q8',
      device: 'cpu',
      session_options: { intraOpNumThreads: Number(threads), interOpNumThreads: 1 },
    });
    return {};
  },
  async transcribe({ file, language }) {
    const isMultilingual = recognize.model.generation_config.is_multilingual;
    const { text } = await recognize(await decode(file), {
      chunk_length_s: 30,
      stride_length_s: 5,
      return_timestamps: true,
      ...(isMultilingual && { language, task: 'transcribe' }),
    });
    return { text };
  },
});

async function decode(file) {
  const programArguments = [
    '-nostdin',
    '-loglevel',
    'error',
    '-i',
    file,
    '-ac',
    '1',
    '-ar',
    '16000',
    '-f',
    'f32le',
    '-',
  ];
  const { stdout } = await promisify(execFile)(ffmpegPath, programArguments, {
    encoding: 'buffer',
    maxBuffer: SAMPLES_BYTES_MAX,
  });
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
}
