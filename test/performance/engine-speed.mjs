// Measures the ONNX Runtime engine alone, in a process of its own per model: node test/performance/engine-speed.mjs [rounds=3] [threads=2] [model ...]
// Prints speed by the clock and by processor time, with and without the preparation of the audio, memory and load time beside the targets.
// Ends with 1 when a target is missed. The long recordings and tiny.en may lie beside the repository; without them the bundled clip is repeated.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findAudioTools, prepareAudio, readWindowSamples, sniffContainer, SNIFF_BYTES } from '@voice-transcriber/audio';
import backend from '@voice-transcriber/backend-onnxruntime';
import { speechInside } from '@voice-transcriber/backend-sdk';

/** Two and a half times faster-whisper's batched int8 pipeline, from file to words, and no more memory: its figures on two cores with two threads. */
const TARGETS = {
  'tiny.en-q8_0': { size: 'tiny', timesRealTime: 110, memoryMegabytes: 930 },
  'base-q8_0': { size: 'base', timesRealTime: 55, memoryMegabytes: 1100 },
};
const COPIES_OF_BUNDLED_CLIP = 20;

const root = fileURLToPath(new URL('../../', import.meta.url));
const MODEL_DIRECTORIES = [join(root, 'models'), join(root, '../shared/models')];
const RECORDINGS = ['long-lj-chapter.flac', 'long-dictation-headset.mp3'].map((name) =>
  join(root, '../shared/audio/dev', name),
);

const [mode, ...rest] = process.argv.slice(2);
if (mode === '--measure') {
  process.stdout.write(JSON.stringify(await measure(rest[0], Number(rest[1]), Number(rest[2]))));
} else {
  await printTable(Number(mode ?? 3), Number(rest[0] ?? 2), rest.slice(1));
}

async function printTable(rounds, threads, models) {
  if (!(rounds >= 1 && threads >= 1)) throw new Error('usage: engine-speed.mjs [rounds] [threads] [model ...]');
  process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, ${threads} threads, best of ${rounds} rounds\n`);
  for (const model of models.length > 0 ? models : Object.keys(TARGETS)) {
    if (findModel(model) === undefined) {
      process.stdout.write(`${model}: not installed in ${MODEL_DIRECTORIES.join(' or ')}, not measured\n`);
      continue;
    }
    const { stdout } = await promisify(execFile)(process.execPath, [
      fileURLToPath(import.meta.url),
      '--measure',
      model,
      String(rounds),
      String(threads),
    ]);
    report(model, JSON.parse(stdout));
  }
}

function report(model, measured) {
  const target = TARGETS[model];
  const { audioSeconds, prepareSeconds, best } = measured;
  const timesRealTime = audioSeconds / (best.wallSeconds + prepareSeconds);
  const beside = (value) => (target === undefined ? '' : ` (target: ${value(target)})`);
  process.stdout.write(
    `${model}: ${audioSeconds.toFixed(0)} s of ${measured.source}, ${measured.windows} windows\n` +
      `  engine ${(audioSeconds / best.wallSeconds).toFixed(1)}x, ${((1000 * best.cpuSeconds) / audioSeconds).toFixed(1)} ms of processor per second of audio\n` +
      `  from file to words ${timesRealTime.toFixed(1)}x${beside(({ timesRealTime: times }) => `${times}x`)}, preparation ${prepareSeconds.toFixed(2)} s\n` +
      `  memory at most ${measured.memoryMegabytesPeak} MB${beside(({ memoryMegabytes }) => `below ${memoryMegabytes} MB`)}, loaded in ${measured.loadSeconds.toFixed(2)} s\n`,
  );
  const missed =
    target !== undefined &&
    (timesRealTime < target.timesRealTime || measured.memoryMegabytesPeak > target.memoryMegabytes);
  if (missed) process.exitCode = 1;
}

/** Runs in the child: peak memory is that of one model. Decoding and voice activity detection have a process of their own, which is not counted. */
async function measure(name, rounds, threads) {
  const startedPreparing = performance.now();
  const { windows, audioSeconds, source } = await prepareWindows();
  const prepareSeconds = (performance.now() - startedPreparing) / 1000;
  const startedLoading = performance.now();
  const device = { kind: 'cpu', id: 'cpu', name: 'cpu', memoryBytesTotal: 8e9 };
  const manifest = { name, size: TARGETS[name]?.size ?? 'base' };
  const model = await backend.load({ path: findModel(name), manifest }, { device, threads });
  const loadSeconds = (performance.now() - startedLoading) / 1000;
  let best;
  try {
    for (let round = 0; round < rounds; round++) {
      const measured = await transcribe(model, windows);
      if (best === undefined || measured.wallSeconds < best.wallSeconds) best = measured;
    }
  } finally {
    await model.dispose();
  }
  const memoryMegabytesPeak = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
  return {
    audioSeconds,
    prepareSeconds,
    source,
    windows: windows.length,
    loadSeconds,
    best,
    memoryMegabytesPeak,
  };
}

async function transcribe(model, windows) {
  const startedMs = performance.now();
  const usedBefore = process.cpuUsage();
  const options = { task: 'transcribe', wordTimes: true, language: 'en' };
  let words = 0;
  for await (const part of model.transcribe({ windows, options })) {
    if (part.type === 'window-final') words += part.result.segments.flatMap((segment) => segment.words).length;
  }
  if (words === 0) throw new Error('Nothing was heard: the figures would mean nothing.');
  const used = process.cpuUsage(usedBefore);
  return { wallSeconds: (performance.now() - startedMs) / 1000, cpuSeconds: (used.user + used.system) / 1e6 };
}

async function prepareWindows() {
  const present = RECORDINGS.filter((recording) => existsSync(recording));
  if (present.length === 0) {
    const prepared = await prepareRecording(join(root, 'test/fixtures/audio/jfk.flac'));
    const copies = Array.from({ length: COPIES_OF_BUNDLED_CLIP }, () => prepared.windows).flat();
    return {
      windows: copies.map((window, index) => ({ ...window, index })),
      audioSeconds: COPIES_OF_BUNDLED_CLIP * prepared.audioSeconds,
      source: `jfk.flac, ${COPIES_OF_BUNDLED_CLIP} times`,
    };
  }
  const prepared = [];
  for (const recording of present) prepared.push(await prepareRecording(recording));
  return {
    windows: prepared.flatMap(({ windows }) => windows).map((window, index) => ({ ...window, index })),
    audioSeconds: prepared.reduce((sum, recording) => sum + recording.audioSeconds, 0),
    source: present.map((recording) => recording.split('/').at(-1)).join(' and '),
  };
}

/** Windows as the product plans them. */
async function prepareRecording(inputPath) {
  const directory = await mkdtemp(join(tmpdir(), 'vt-engine-speed-'));
  try {
    const outputPath = join(directory, 'work.pcm');
    const { plan, audioSeconds, outlines } = await prepareAudio({
      inputPath,
      container: sniffContainer(await readHead(inputPath)),
      outputPath,
      tools: await findAudioTools(),
      chunkSeconds: 600,
      voiceActivity: true,
      vadModelPath: join(root, 'models/silero-vad-16k-sequence-6.2.3.onnx'),
    });
    const content = await readFile(outputPath);
    const readRange = ({ startByte, lengthBytes }) =>
      Promise.resolve(content.subarray(startByte, startByte + lengthBytes));
    const windows = [];
    for (const window of plan.chunks.flatMap((chunk) => chunk.windows)) {
      const samples = await readWindowSamples(readRange, window);
      const speech = speechInside(window, outlines[0].speechMilliseconds);
      windows.push({ index: window.index, startSeconds: window.startSeconds, samples, speech });
    }
    return { windows, audioSeconds };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function readHead(path) {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function findModel(name) {
  return MODEL_DIRECTORIES.map((directory) => join(directory, `ggml-${name}.bin`)).find((path) => existsSync(path));
}
