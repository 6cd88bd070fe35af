// Measures three jobs at once on one model beside one alone: node test/performance/three-jobs.mjs [recording] [model=base-q8_0] [backend=onnxruntime]
// Real recordings prepared as the product does, through the inference host. Prints throughput, CPU and memory beside their targets. Ends with 1 when one is missed.
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAudioTools, prepareAudio, readWindowSamples, sniffContainer, SNIFF_BYTES } from '@voice-transcriber/audio';
import { speechInside } from '@voice-transcriber/backend-sdk';
import { createInferenceHost, createModelStore, EMBEDDED_MODELS_DIRECTORY } from '@voice-transcriber/inference';
import { availableCores, processTreeUsage } from '@voice-transcriber/telemetry';
import { sharedAudio } from '@voice-transcriber/testkit';

const JOBS = 3;
const MEMORY_MEGABYTES_PER_JOB_TARGET = 150;
/** Two measurements of the same thing differ by this much on a busy machine. */
const TOLERANCE = 0.97;

const fallback = fileURLToPath(new URL('../fixtures/audio/jfk.flac', import.meta.url));
const recording = process.argv[2] ?? sharedAudio('long-lj-chapter.flac') ?? fallback;
const model = process.argv[3] ?? 'base-q8_0';
const backend = process.argv[4] ?? 'onnxruntime';
const quiet = { debug() {}, info() {}, warn() {} };

const directory = await mkdtemp(join(tmpdir(), 'vt-three-jobs-'));
const host = createInferenceHost({
  backends: [{ name: backend, moduleUrl: import.meta.resolve(`@voice-transcriber/backend-${backend}`) }],
  modelStore: createModelStore({
    directories: [process.env.MODELS_DIR ?? '', EMBEDDED_MODELS_DIRECTORY].filter(Boolean),
  }),
  cacheSize: 1,
  threads: availableCores(),
  gpuEnabled: false,
  gpuMemoryFraction: 1,
  memoryOptimization: false,
  logger: quiet,
});
let missed = 0;
try {
  const windows = await prepare();
  const audioSeconds = windows.reduce((sum, { samples }) => sum + samples.length / 16_000, 0);
  const choice = await host.choose({ model, task: 'transcribe', wordTimes: true });
  console.log(
    `${recording}: ${windows.length} windows, ${audioSeconds.toFixed(0)} s; ${choice.model} on ${choice.backend}`,
  );
  await transcribe(choice, windows.slice(0, 1));
  const alone = await measure(1, choice, windows);
  const together = await measure(JOBS, choice, windows);
  for (const text of together.texts) {
    if (text !== alone.texts[0]) missed += 1;
  }
  print('one job alone', alone, audioSeconds);
  print(`${JOBS} jobs at once`, together, audioSeconds * JOBS);
  const ratio = (JOBS * alone.wallSeconds) / together.wallSeconds;
  const growth = (together.memoryBytesPeak - alone.memoryBytesPeak) / (JOBS - 1) / 1e6;
  verdict('throughput of all beside one alone', ratio, ratio >= TOLERANCE, 'x (target at least 1)');
  verdict(
    'memory more for each further job',
    growth,
    growth < MEMORY_MEGABYTES_PER_JOB_TARGET,
    `MB (target below ${MEMORY_MEGABYTES_PER_JOB_TARGET})`,
  );
  console.log(
    `text equal to that of one alone: ${together.texts.every((text) => text === alone.texts[0]) ? 'yes' : 'NO'}`,
  );
} finally {
  await host.dispose();
  await rm(directory, { recursive: true, force: true });
}
process.exitCode = missed > 0 ? 1 : 0;

async function prepare() {
  const file = await open(recording, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
  await file.close();
  const outputPath = join(directory, 'work.pcm');
  const prepared = await prepareAudio({
    inputPath: recording,
    container: sniffContainer(buffer.subarray(0, bytesRead)),
    outputPath,
    tools: await findAudioTools(),
    chunkSeconds: 600,
    voiceActivity: true,
    vadModelPath: join(EMBEDDED_MODELS_DIRECTORY, 'silero-vad-16k-sequence-6.2.3.onnx'),
  });
  const work = await open(outputPath, 'r');
  const read = async ({ startByte, lengthBytes }) => {
    const piece = await work.read(Buffer.alloc(lengthBytes), 0, lengthBytes, startByte);
    return piece.buffer.subarray(0, piece.bytesRead);
  };
  const windows = [];
  for (const { index, startSeconds, endSeconds } of prepared.plan.chunks.flatMap((chunk) => chunk.windows)) {
    const span = { startSeconds, endSeconds };
    const speech = speechInside(span, prepared.outlines[0].speechMilliseconds);
    windows.push({ index, startSeconds, speech, samples: await readWindowSamples(read, span) });
  }
  await work.close();
  return windows;
}

async function transcribe(choice, windows) {
  const results = [];
  const options = { task: 'transcribe', wordTimes: true, language: 'en' };
  const signal = new AbortController().signal;
  for await (const part of host.transcribe({ choice, request: { windows, options }, priority: 0, signal })) {
    if (part.type === 'window-final') results.push(part.result);
  }
  results.sort((one, other) => one.index - other.index);
  return results.flatMap(({ segments }) => segments.map(({ text }) => text)).join(' ');
}

async function measure(jobs, choice, windows) {
  const { pid } = host.loadedModels()[0];
  const before = await processTreeUsage(pid);
  let memoryBytesPeak = 0;
  const timer = setInterval(async () => {
    memoryBytesPeak = Math.max(memoryBytesPeak, (await processTreeUsage(pid)).memoryBytes);
  }, 100);
  const startedAt = performance.now();
  const texts = await Promise.all(Array.from({ length: jobs }, () => transcribe(choice, windows)));
  const wallSeconds = (performance.now() - startedAt) / 1000;
  clearInterval(timer);
  const after = await processTreeUsage(pid);
  return { texts, wallSeconds, memoryBytesPeak, cpuSeconds: after.cpuSeconds - before.cpuSeconds };
}

function print(name, { wallSeconds, cpuSeconds, memoryBytesPeak }, audioSeconds) {
  const speed = `${(audioSeconds / wallSeconds).toFixed(1)}x real time`;
  const cpu = `${((cpuSeconds / audioSeconds) * 1000).toFixed(1)} CPU ms per second of audio`;
  console.log(
    `${name.padEnd(16)} ${wallSeconds.toFixed(1)} s, ${speed}, ${cpu}, process ${Math.round(memoryBytesPeak / 1e6)} MB`,
  );
}

function verdict(what, figure, met, unit) {
  if (!met) missed += 1;
  console.log(`${what.padEnd(38)} ${figure.toFixed(2)} ${unit} ${met ? 'met' : 'MISSED'}`);
}
