// Our engine alone as a driver (see driver-process.mjs): node drive-engine.mjs MODELS_DIRECTORY THREADS
// From file to words with times in this process: decode and voice activity as the product does them, then the model; no queue, database or API.
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findAudioTools, prepareAudio, readWindowSamples, SNIFF_BYTES, sniffContainer } from '@voice-transcriber/audio';
import backend from '@voice-transcriber/backend-onnxruntime';
import { speechInside } from '@voice-transcriber/backend-sdk';
import { createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { serveOrders } from './serve-orders.mjs';

const CHUNK_SECONDS = 600;
const VAD_MODEL_PATH = path.join(EMBEDDED_MODELS_DIRECTORY, 'silero-vad-16k-sequence-6.2.3.onnx');
const [modelsDirectory = '', threads = ''] = process.argv.slice(2);
const report = await backend.probe();
if (report.status !== 'available') throw new Error(report.reason);
const store = createModelStore({ directories: [modelsDirectory, EMBEDDED_MODELS_DIRECTORY] });
const tools = await findAudioTools();
const directory = await mkdtemp(path.join(tmpdir(), 'vt-peers-engine-'));
let model;

try {
  await serveOrders(`onnxruntime ${report.version}`, {
    async load(order) {
      await model?.dispose();
      model = await backend.load(await store.require(order.model), {
        device: report.devices[0],
        threads: Number(threads),
      });
      return {};
    },
    async transcribe({ file, language }, signal) {
      const startedAt = performance.now();
      const windows = await cutWindows(file);
      const prepareSeconds = (performance.now() - startedAt) / 1000;
      const options = { task: 'transcribe', language, wordTimes: true };
      const results = [];
      for await (const part of model.transcribe({ windows, options }, { signal })) {
        if (part.type === 'window-final') results[part.result.index] = part.result;
      }
      const segments = results.flatMap((result) => result?.segments ?? []);
      return {
        text: segments.map((segment) => segment.text).join(' '),
        timedWords: segments.reduce((count, segment) => count + segment.words.length, 0),
        prepareSeconds,
      };
    },
  });
} finally {
  await model?.dispose();
  await rm(directory, { recursive: true, force: true });
}

async function cutWindows(file) {
  const outputPath = path.join(directory, 'samples.pcm');
  const { plan, outlines } = await prepareAudio({
    inputPath: file,
    container: sniffContainer(await readBytes(file, { startByte: 0, lengthBytes: SNIFF_BYTES })),
    outputPath,
    tools,
    chunkSeconds: CHUNK_SECONDS,
    voiceActivity: true,
    vadModelPath: VAD_MODEL_PATH,
  });
  const windows = [];
  for (const { startSeconds, endSeconds } of plan.chunks.flatMap((chunk) => chunk.windows)) {
    const samples = await readWindowSamples((range) => readBytes(outputPath, range), { startSeconds, endSeconds });
    const speech = speechInside({ startSeconds, endSeconds }, outlines[0].speechMilliseconds);
    windows.push({ index: windows.length, startSeconds, samples, speech });
  }
  return windows;
}

async function readBytes(file, { startByte, lengthBytes }) {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(lengthBytes), 0, lengthBytes, startByte);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
