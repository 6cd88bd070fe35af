// Measures models of every size with random weights: node test/performance/model-sizes.mjs [names=small,medium,large-v3-turbo,large-v3] [formats=q8_0,q5_0] [windows=8] [tokens=60] [threads=2]
// Each model is generated, loaded and run in a process of its own; then its file is deleted. Windows are full and all texts equally long, so that the
// speed is that of a real model on dense speech. Prints memory and time beside the targets. Ends with 1 when a target is missed.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHILD_ENVIRONMENT } from '@voice-transcriber/inference';

const WINDOW_SECONDS = 30;
const SAMPLE_RATE_HZ = 16_000;
const GIGABYTE = 1e9;
const MEMORY_GIGABYTES_TARGETS = { f16: 8, f32: 8, default: 6 };
const MEASUREMENT_SECONDS_MAX = 1200;

const root = fileURLToPath(new URL('../../', import.meta.url));
const generator = join(root, 'backends/onnxruntime/dist/tools/checkpoint-command.js');
const vocabulary = join(root, 'models/ggml-base-q8_0.bin');

const HEADINGS = [
  'model',
  'file',
  'load',
  'peak load',
  'loaded',
  'peak',
  'target',
  'fit',
  's/window',
  'speed',
  'CPU s / audio s',
  'slots',
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === '--measure') await measureHere(process.argv.slice(3));
  else await measureAll(process.argv.slice(2));
}

async function measureAll([
  names = 'small,medium,large-v3-turbo,large-v3',
  formats = 'q8_0,q5_0',
  windows = '8',
  tokens = '60',
  threads = '2',
]) {
  const directory = await mkdtemp(join(tmpdir(), 'vt-model-sizes-'));
  process.stdout.write(`${cpus()[0]?.model}, ${availableParallelism()} cores, ${threads} threads\n`);
  process.stdout.write(`random weights, ${windows} windows of ${WINDOW_SECONDS} s, ${tokens} tokens each\n\n`);
  process.stdout.write(row(HEADINGS));
  try {
    for (const name of names.split(',')) {
      for (const format of formats.split(',')) {
        const { fileBytes, ...facts } = await measureModel(name, format, { directory, windows, tokens, threads });
        report(name, format, fileBytes, facts);
      }
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Writes a checkpoint of random weights, runs it in a process of its own and removes it. */
export async function measureModel(name, format, { directory, windows, tokens, threads }) {
  const file = join(directory, `ggml-${name}-${format}.bin`);
  try {
    await run([generator, 'random', name, format, file, vocabulary]);
    const measured = [fileURLToPath(import.meta.url), '--measure', file, name, format, windows, tokens, threads];
    const output = await run(measured.map(String));
    return { ...JSON.parse(output), fileBytes: (await stat(file)).size };
  } finally {
    await rm(file, { force: true });
  }
}

function report(name, format, fileBytes, facts) {
  const gigabytes = (bytes) => `${(bytes / GIGABYTE).toFixed(2)} GB`;
  const target = MEMORY_GIGABYTES_TARGETS[format] ?? MEMORY_GIGABYTES_TARGETS.default;
  const missed = facts.bytesPeak > target * GIGABYTE || facts.bytesPeak > facts.memoryBytesNeeded;
  process.stdout.write(
    row([
      `${name}-${format}`,
      gigabytes(fileBytes),
      `${facts.loadSeconds.toFixed(1)} s`,
      gigabytes(facts.bytesPeakLoading),
      gigabytes(facts.bytesLoaded),
      gigabytes(facts.bytesPeak),
      `< ${target} GB`,
      gigabytes(facts.memoryBytesNeeded),
      facts.secondsPerWindow.toFixed(2),
      `${(WINDOW_SECONDS / facts.secondsPerWindow).toFixed(1)}x`,
      facts.cpuSecondsPerAudioSecond.toFixed(3),
      `${facts.slots}${missed ? '   MISSED' : ''}`,
    ]),
  );
  if (missed) process.exitCode = 1;
}

function row(cells) {
  return `${cells.map((cell, index) => (index === 0 ? cell.padEnd(20) : cell.padStart(10))).join(' ')}\n`;
}

/** Runs in the child: one model, from loading to the last window. */
async function measureHere([path, name, format, windowCount, tokensMax, threads]) {
  const { default: backend } = await import('@voice-transcriber/backend-onnxruntime');
  const report = await backend.probe();
  if (report.status !== 'available') throw new Error(report.reason);
  const device = report.devices.find(({ kind }) => kind === 'cpu');
  const size = name.split(/[.-]/)[0];
  const manifest = { name: `${name}-${format}`, size, format: 'ggml', quantization: format, languages: ['*'] };
  const startedAt = performance.now();
  const model = await backend.load({ path, manifest }, { device, threads: Number(threads) });
  const loadSeconds = (performance.now() - startedAt) / 1000;
  const bytesPeakLoading = await residentBytes('VmHWM');
  const bytesLoaded = await residentBytes('VmRSS');
  const windows = Array.from({ length: Number(windowCount) }, (_, index) => ({
    index,
    startSeconds: index * WINDOW_SECONDS,
    samples: Float32Array.from({ length: WINDOW_SECONDS * SAMPLE_RATE_HZ }, () => Math.random() - 0.5),
  }));
  const cpuBefore = process.cpuUsage();
  const runStartedAt = performance.now();
  const extra = { temperature: 0, tokensMax: Number(tokensMax) };
  for await (const part of model.transcribe({
    windows,
    options: { task: 'transcribe', language: 'en', wordTimes: true, extra },
  })) {
    if (part.type === 'warning') throw new Error(part.warning.message);
  }
  const runSeconds = (performance.now() - runStartedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const fit = backend.fit(manifest, device);
  const facts = {
    loadSeconds,
    bytesPeakLoading,
    bytesLoaded,
    bytesPeak: await residentBytes('VmHWM'),
    memoryBytesNeeded: fit.fits ? fit.memoryBytesNeeded : 0,
    secondsPerWindow: runSeconds / windows.length,
    cpuSecondsPerAudioSecond: (user + system) / 1e6 / (windows.length * WINDOW_SECONDS),
    slots: model.capabilities.batchSize,
  };
  await model.dispose();
  process.stdout.write(JSON.stringify(facts));
}

/** `VmRSS`: now. `VmHWM`: at most so far. */
async function residentBytes(field) {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
}

/** What a script prints; it must succeed. Memory is given back as in the product's inference processes. */
function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...CHILD_ENVIRONMENT },
      timeout: MEASUREMENT_SECONDS_MAX * 1000,
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${args.join(' ')} ended with ${code}`)),
    );
  });
}
